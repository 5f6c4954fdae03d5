"""Data that is shipped with the code, such as the classification of specialties; nobody changes it at run time."""

import json
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@cache
def shipped_json(path: str) -> Any:
    """The JSON document at a path of the source tree, such as `expert_pool/specialties.json`; do not change it."""
    return json.loads((ROOT / path).read_text("utf-8"))
