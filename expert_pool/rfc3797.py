"""Drawing by RFC 3797, for those whose rules name it: a public key string selects from a numbered list.

An extra, never what our own panels are drawn with: it knows no seat groups, takes remainders of MD5 hashes, and its
sources are public values, not the parties' secrets. A list of more than 65,536 has no answer in it.
"""

from collections.abc import Iterable, Sequence
from hashlib import md5

from kernel.errors import BadInput

MOST = 1 << 16  # rounds are numbered with two bytes


def key_of(sources: Iterable[Sequence[int]]) -> str:
    """The key string of the RFC: each source's numbers ascending, each ended by a point, each source by a slash."""
    return "".join("".join(f"{number}." for number in sorted(source)) + "/" for source in sources)


def select(key: str, pool: int, count: int) -> list[int]:
    """The first `count` numbers, from 1 to `pool`, that the key selects, in order.

    Raises:
        BadInput: an empty key, or more to select than there are.
    """
    if not key or not key.isascii():
        raise BadInput(where="key", why="the key string of RFC 3797 is needed, in ASCII")
    if not 1 <= count <= pool <= MOST:
        raise BadInput(where="count", why=f"from 1 to the size of the list, at most {MOST}, can be selected")
    left, selected = list(range(1, pool + 1)), list[int]()
    for turn in range(count):
        frame = turn.to_bytes(2, "big")
        # MD5 is what the RFC says; nobody can choose the key to look for collisions.
        digest = md5(frame + key.encode("ascii") + frame, usedforsecurity=False).digest()
        selected.append(left.pop(int.from_bytes(digest, "big") % len(left)))
    return selected
