"""The draw of a panel: exact chances and rounding at 1,000 to 100,000 experts, beside drawing seat by seat.

Seconds of processor time, for the machine may be shared. One employer holds 30 % of the pool and its cap binds. The
baseline is today's habit: for each seat a uniform draw from the group's free experts, again if the employer has a
seat. It is quicker and unfair. The stand-alone verifier is timed as a whole process. Peer: sortition-algorithms'
maximin in an environment of its own (GPL-3.0: never a dependency); it gets one feature with the groups as values.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from expert_pool.draw import (
    DrawGroup,
    DrawRequest,
    DrawTerms,
    Reveal,
    Row,
    commitment,
    make_request,
    request_hash,
    seed_of,
)
from expert_pool.drawing import draw_panel
from expert_pool.transcript import write_transcript

POOLS = (
    (1_000, 6, 50, 7, 0.1),
    (1_000, 13, 121, 13, 0.1),
    (10_000, 6, 57, 7, 0.5),
    (10_000, 13, 162, 13, 0.5),
)
LARGEST = ((100_000, 6, 57, 7, 5.0), (100_000, 13, 162, 13, 5.0))
VERIFY_TARGET = 5.0
RESERVES = 6
BIG = 0.3  # share of the pool that one employer holds
PEERS = Path("var/bench-sortition")
PEER_POOLS = (200, 400)


def pool(experts: int, groups: int, kinds: int, seats: int) -> tuple[list[DrawGroup], list[Row]]:
    """A pool with so many kinds of masks, employers of four on average beside the big one."""
    chance = random.Random(experts + groups)  # noqa: S311 - a pool to measure, no draw
    masks = set[int]()
    while len(masks) < kinds:
        masks.add(sum({1 << chance.randrange(groups) for _ in range(chance.choice([1, 1, 2, 2, 3, 4, 5]))}))
    ordered = sorted(masks)
    drawn = chance.choices(ordered, [chance.random() ** 2 + 0.01 for _ in ordered], k=experts)
    rows = []
    for number, mask in enumerate(drawn):
        home = 0 if chance.random() < BIG else 1 + chance.randrange(experts // 4)
        rows.append(Row(sha256(b"%d" % number).hexdigest(), mask, None, (f"{home:016x}",)))
    quotas = [seats // groups + (g < seats % groups) for g in range(groups)]
    return [DrawGroup(f"g{g}", quota, RESERVES) for g, quota in enumerate(quotas)], rows


def seat_by_seat(groups: list[DrawGroup], rows: list[Row]) -> set[str]:
    """Today's habit: who comes first, sits first."""
    chance, taken, homes = random.Random(1), set[str](), set[object]()  # noqa: S311
    for bit, group in enumerate(groups):
        able = [row for row in rows if row.mask >> bit & 1]
        for _ in range(group.quota):
            row = chance.choice(able)
            while row.leaf in taken or row.employers in homes:
                row = chance.choice(able)
            taken.add(row.leaf)
            homes.add(row.employers)
    return taken


def record_of(request: DrawRequest) -> Mapping[str, object]:
    """A whole record of a request."""
    hash = request_hash(request)
    reveals = [Reveal(party, sha256(party.encode()).digest()) for party in request.parties]
    committed = {one.party: commitment(hash, one.party, one.secret) for one in reveals}
    return write_transcript(request, committed, reveals, draw_panel(request, seed_of(hash, reveals)))


def timed(groups: list[DrawGroup], rows: list[Row], target: float) -> tuple[bool, DrawRequest]:
    """Print one row: the request (exact chances, spread), the draw, the baseline."""
    start = time.process_time()
    request = make_request("bench", 1, "bench", groups, ("office", "witness"), rows, DrawTerms((1,)))
    middle = time.process_time()
    draw_panel(request, sha256(b"seed").digest())
    end = time.process_time()
    seat_by_seat(groups, rows)
    habit = time.process_time() - end
    whole, seats = end - start, request.seats
    print(
        f"{len(rows):>7,} experts {seats:>2} seats  chances {middle - start:6.3f} s  draw {end - middle:6.3f} s  "
        f"whole {whole:6.3f} s  seat by seat {habit:6.3f} s  target <= {target:g} s  "
        f"{'met' if whole <= target else 'MISSED'}  (load {os.getloadavg()[0]:.1f})"
    )
    return whole <= target, request


def verified(request: DrawRequest) -> bool:
    """Time the stand-alone verifier on a record of this request, the whole process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.json"
        path.write_text(json.dumps(record_of(request)))
        before = os.times().children_user + os.times().children_system
        done = subprocess.run([sys.executable, "-I", "client/verify_draw.py", path], check=False)
        took = os.times().children_user + os.times().children_system - before
        size = path.stat().st_size / 1e6
    met = done.returncode == 0 and took <= VERIFY_TARGET
    print(
        f"verifier, {len(request.rows):,} experts, {size:.1f} MB: {took:.2f} s  target <= {VERIFY_TARGET:g} s  "
        f"{'met' if met else 'MISSED'}  (load {os.getloadavg()[0]:.1f})"
    )
    return met


def peer() -> None:
    """The peer's maximin on small pools, if it can be installed; ours beside it."""
    python = PEERS / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
            wanted = [str(python), "-m", "pip", "install", "-q", "sortition-algorithms"]
            subprocess.run(wanted, check=True, capture_output=True, timeout=300)
        script = Path(__file__).with_name("sortition_peer.py")
        for experts in PEER_POOLS:
            done = subprocess.run(
                [python, script, str(experts)], check=True, capture_output=True, timeout=200, text=True
            )
            groups, rows = pool(experts, 6, 20, 7)
            start = time.process_time()
            make_request("bench", 1, "bench", groups, ("office",), rows, DrawTerms())
            ours = time.process_time() - start
            print(
                f"{experts} experts, 7 seats: sortition-algorithms maximin {done.stdout.split()[-1]} s, "
                f"ours, exact leximin, {ours:.3f} s"
            )
    except (subprocess.SubprocessError, OSError) as error:
        print(f"the peer was not measured: {type(error).__name__}")


def main() -> None:
    """Time every pool, the verifier on the largest, and the peer."""
    met = []
    for experts, groups, kinds, seats, target in (*POOLS, *LARGEST):
        fits, request = timed(*pool(experts, groups, kinds, seats), target)
        met.append(fits)
    met.append(verified(request))
    peer()
    if not all(met):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
