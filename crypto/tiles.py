"""Reading somebody's log by its tiles (C2SP tlog-tiles): any node of the tree, so any proof, without their help.

Nothing a tile says is trusted: what is computed from it is checked against signed heads.
"""

from collections.abc import Callable
from functools import lru_cache

from crypto.merkle import TILE_HEIGHT, TILE_WIDTH, NodeReader, root_of, tile_path, tile_width
from kernel.errors import IntegrityBroken

HASH_BYTES = 32


def tile_nodes(fetch: Callable[[str], bytes], size: int) -> NodeReader:
    """A reader of complete subtrees in a log of this size; `fetch` gives the bytes at a tile's path.

    Raises:
        IntegrityBroken: while reading, when a tile does not have the size it must have.
    """

    @lru_cache(maxsize=4096)
    def tile(level: int, index: int) -> bytes:
        width = tile_width(level, index, size)
        found = fetch(tile_path(level, index, width))
        if len(found) != width * HASH_BYTES:
            raise IntegrityBroken(
                what=f"the tile {level}/{index} of the log has another size than it must have"
            )
        return found

    def node(level: int, index: int) -> bytes:
        row, above = divmod(level, TILE_HEIGHT)
        first = index << above
        hashes = tile(row, first // TILE_WIDTH)
        place = first % TILE_WIDTH * HASH_BYTES
        below = hashes[place : place + (HASH_BYTES << above)]
        if len(below) != HASH_BYTES << above:
            raise IntegrityBroken(what="the log is asked for a part that it does not have")
        return root_of(below[at : at + HASH_BYTES] for at in range(0, len(below), HASH_BYTES))

    return node
