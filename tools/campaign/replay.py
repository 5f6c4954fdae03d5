"""Five thousand planned cases, walked through every act and loaded in bulk: each figure has to be the same."""

import sys
import tempfile
import time
from pathlib import Path

import supervision.records  # noqa: F401 - its tables
from kernel.clock import SystemClock
from kernel.settings import Settings
from kernel.working_days import national_calendar
from storage.adapters import Adapters, make_adapters
from storage.migrate import upgrade
from tools.bench.approval import figures_of
from tools.demo.catalogue_load import load_catalogue
from tools.replay.bulk import case_rows, load, works_of
from tools.replay.plan import make_plan
from tools.replay.through_act import walk

SAMPLE, BATCH = 5_000, 200
OF_EVENTS = frozenset({"events_supervised"})  # a load has fewer events than the walk, which shows each paper


def centre(folder: Path) -> Adapters:
    """A platform with the catalogue and nothing else."""
    adapters = make_adapters(Settings(var=folder))
    upgrade(adapters.database.url)
    with adapters.database.transaction() as session:
        load_catalogue(session, now=SystemClock().now())
    return adapters


def main() -> int:
    """Compare every figure; exit code 1 when one differs."""
    calendar = national_calendar()
    with tempfile.TemporaryDirectory() as folder:
        loaded, walked = centre(Path(folder) / "loaded"), centre(Path(folder) / "walked")
        with loaded.database.reading() as session:
            items, works = works_of(session)
        plan = make_plan(calendar, works, SAMPLE)
        load(loaded.database, case_rows(plan, items, works, calendar))
        begun, acts = time.monotonic(), 0
        for start in range(0, SAMPLE, BATCH):
            part = plan.rows(start, start + BATCH)
            with walked.database.transaction() as session:
                acts += walk(session, part, items, calendar, walked.keys)
        seconds = time.monotonic() - begun
        print(f"{acts:,} acts on {SAMPLE:,} cases in {seconds:.0f} s, {acts / seconds:.0f} a second")
        one, other = figures_of(loaded.database), figures_of(walked.database)
        different = sorted(key for key in one if key not in OF_EVENTS and one[key] != other[key])
        loaded.database.close()
        walked.database.close()
    print(f"{len(one) - len(OF_EVENTS)} figures compared, different: {', '.join(different) or 'none'}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
