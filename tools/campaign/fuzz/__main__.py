"""`python -m tools.campaign.fuzz [--minutes N] [--seed S] [--only NAME] [--engine coverage|outcomes]`.

Coverage needs atheris, which is no part of the locks: make an environment of its own with `python -m venv`, install
atheris into it, and name this environment's packages in a .pth file there. Without it inputs are kept by outcomes.
"""

import argparse
import importlib
import importlib.util
import sys
from contextlib import nullcontext
from typing import Any

HOUSE = (
    "accounts",
    "approval",
    "client",
    "crypto",
    "evaluation",
    "expert_pool",
    "kernel",
    "storage",
    "tender",
    "web",
)
MINUTES = 2.0


def main() -> int:
    """Feed the parsers for so long; exit code 1 if one broke the law."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--engine", choices=("coverage", "outcomes"), default="")
    asked = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    engine = asked.engine or ("coverage" if has_atheris else "outcomes")
    atheris: Any = importlib.import_module("atheris") if engine == "coverage" else None
    with atheris.instrument_imports(include=list(HOUSE)) if atheris else nullcontext():
        campaign_module = importlib.import_module("tools.campaign.fuzz.campaign")
        corpus = importlib.import_module("tools.campaign.fuzz.corpus")
    names = [name for name in corpus.EVERY if not asked.only or name in asked.only.split(",")]
    pools = {name: corpus.kept(name) for name in names}
    campaign = campaign_module.Campaign(corpus.EVERY)
    print(
        f"{len(pools)} parsers, {sum(map(len, pools.values()))} inputs to start from, guided by {engine}",
        flush=True,
    )
    if atheris:
        campaign_module.by_coverage(atheris, campaign, pools, asked.minutes * 60, asked.seed)
    found: int = campaign_module.by_outcomes(campaign, pools, asked.minutes * 60, asked.seed)
    return found


if __name__ == "__main__":
    sys.exit(main())
