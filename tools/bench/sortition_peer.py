"""Time sortition-algorithms' maximin on a pool of so many people; runs in the peer's own environment.

It knows no seat groups: seven seats over one feature with six values, as even as the quotas of our pools.
"""

import random
import sys
import time

from sortition_algorithms import features, people, settings
from sortition_algorithms.core import run_stratification

SEATS, VALUES = 7, 6


def main() -> None:
    """Print the seconds of one maximin selection."""
    count, chance = int(sys.argv[1]), random.Random(1)  # noqa: S311 - a pool to measure, no draw
    rows = [{"feature": "group", "value": f"g{g}", "min": 1, "max": 2} for g in range(VALUES)]
    quotas, *_ = features.read_in_features(["feature", "value", "min", "max"], rows)
    chosen = settings.Settings(
        id_column="id", columns_to_keep=[], selection_algorithm="maximin", check_same_address=False
    )
    body = [{"id": str(i), "group": f"g{chance.randrange(VALUES)}"} for i in range(count)]
    crowd, _ = people.read_in_people(["id", "group"], body, quotas, chosen)
    start = time.process_time()
    run_stratification(quotas, crowd, SEATS, chosen)
    print(f"{time.process_time() - start:.2f}")


if __name__ == "__main__":
    main()
