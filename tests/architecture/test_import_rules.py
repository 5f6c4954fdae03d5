"""House rule: calls go down, and the database stays behind records, queries and actions."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_all_import_contracts_are_kept() -> None:
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout[-4000:]
