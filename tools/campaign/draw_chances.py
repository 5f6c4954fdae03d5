"""500 random pools with caps, infeasible ones too, against every committee and exact counts of many draws.

The chances must be those of the enumeration (a linear program over all committees), a refusal must be right, and the
counts of 2,000 draws with the real rounding must fit.
"""

import sys
import time
from collections import Counter

from crypto.canonical import tagged_hash
from expert_pool.chances import pool_chances
from expert_pool.draw import DrawGroup, DrawTerms, Row, make_request
from expert_pool.drawing import Drawing
from expert_pool.simulate_draw import PLAUSIBLE, distance
from kernel.errors import TooFewEligibleExperts
from tests.expert_pool.oracle import committees, keeps_caps, leximin_by_lp, small_pool

POOLS, DRAWS = 500, 2000
NEAR = 1e-6


def check(seed: int) -> str:
    """Nothing, or what is wrong with one pool."""
    quotas, members, caps = small_pool(seed)
    names = "abc"[: len(quotas)]
    teams = committees(quotas, members, caps)
    try:
        found = pool_chances(quotas, members, caps, names)
    except TooFewEligibleExperts:
        return "a pool was refused that can fill the seats" if teams else ""
    if not teams:
        return "a pool was taken that cannot fill the seats"
    chances = [found.of(member) for member in members]
    wanted = leximin_by_lp(teams, len(members))
    if any(abs(float(p) - q) > NEAR for p, q in zip(chances, wanted, strict=True)):
        return "the chances are not the leximin chances"
    tags = [
        tuple(tagged_hash("tag", "/".join(m.path[i:]).encode()).hex()[:16] for i in range(len(caps)))
        for m in members
    ]
    rows = [
        Row(tagged_hash("leaf", b"%d" % i).hex(), member.mask, None, tags[i])
        for i, member in enumerate(members)
    ]
    groups = [DrawGroup(name, quota, 0) for name, quota in zip(names, quotas, strict=True)]
    drawing = Drawing(make_request("d", 1, "t", groups, ("office",), rows, DrawTerms(tuple(caps))))
    number, counts = {row.leaf: i for i, row in enumerate(rows)}, Counter[int]()
    for draw in range(DRAWS):
        team = [
            number[seat.leaf]
            for seat in drawing.panel(tagged_hash("campaign", b"%d %d" % (seed, draw))).seats
        ]
        if not keeps_caps(members, caps, team):
            return "a cap was broken"
        counts.update(team)
    for one, chance in enumerate(chances):
        if chance in (0, 1) and counts[one] != DRAWS * chance:
            return "somebody certain was not drawn, or somebody impossible was"
        if abs(distance(counts[one], DRAWS, chance)) > PLAUSIBLE + 1:
            return "the counts do not fit the chances"
    return ""


def main() -> int:
    """Check so many pools; exit code 1 names what was found."""
    pools, start, wrong = int(sys.argv[1]) if len(sys.argv) > 1 else POOLS, time.monotonic(), []
    for seed in range(pools):
        if problem := check(seed):
            wrong.append(f"pool {seed}: {problem}")
    print(
        f"{pools} pools, {DRAWS} draws each, {time.monotonic() - start:.0f} s; wrong: {wrong[:5] or 'none'}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
