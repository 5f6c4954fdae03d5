"""Passages that two bids share, word for word or edited, without what both took from a common template.

1. Texts are folded (width, case, everything but letters and figures); short ones say nothing.
2. Texts of the tender's own documents are dropped, and so is what stands in 30 % of the bids.
3. Candidates: exact Jaccard similarity of character trigrams over an inverted index (a sparse product).
4. Candidates whose edit ratio (rapidfuzz) is high enough count as copies.
5. A text whose copies stand in 30 % of the bids is a filled-in template: dropped as well.

Nothing is drawn or sampled, so the same bids give the same overlaps. Source: 实施条例 art. 40; figures in
docs/formats/collusion-signals.md.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LEAST_LETTERS = 20  # folded characters of a passage that is compared
GATE = 0.15  # Jaccard similarity of a candidate
ALIKE = 65.0  # edit ratio from 0 to 100 of a copy
TEMPLATE_SHARE = (3, 10)  # of the bids
TEMPLATE_LEAST = 5  # bids; in a smaller tender only the tender's own documents tell what is template
LOT_PASSAGES = 40_000  # passages of one lot that are compared
BLOCK = 1024  # rows of the product that are held at a time


@dataclass(frozen=True)
class Copy:
    """One passage of each of two bids, as written, and how alike they are from 0 to 100."""

    first: str
    second: str
    alike: float


@dataclass(frozen=True)
class Overlap:
    """What two bids share."""

    bids: tuple[str, str]
    copies: tuple[Copy, ...]
    """longest first"""
    letters: int
    """folded characters of all copies"""


def fold(text: str) -> str:
    """Letters and figures only, width and case folded."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def template_least(bids: int) -> int:
    """In how many bids a passage stands that counts as template."""
    share, of = TEMPLATE_SHARE
    return max(TEMPLATE_LEAST, -(-bids * share // of))


def find_overlaps(passages: Mapping[str, Sequence[str]], known: Collection[str] = ()) -> tuple[Overlap, ...]:
    """The overlaps between bids, by pair; `known` are the passages of the tender's own documents."""
    least, template = template_least(len(passages)), {fold(text) for text in known}
    bids_of: dict[str, set[str]] = {}
    written: dict[tuple[str, str], str] = {}
    for bid, texts in sorted(passages.items()):
        for text in texts:
            folded = fold(text)
            if len(folded) >= LEAST_LETTERS and folded not in template:
                bids_of.setdefault(folded, set()).add(bid)
                written.setdefault((bid, folded), text)
    template |= {folded for folded, bids in bids_of.items() if len(bids) >= least}
    own = sorted(folded for folded in bids_of if folded not in template)
    near = [*own, *sorted(folded for folded in template if len(folded) >= LEAST_LETTERS)]
    pairs = _alike_pairs(near)
    common = _filled_in(near, len(own), bids_of, pairs, least)
    return _by_pair(near, bids_of, written, pairs, common)


def _alike_pairs(texts: Sequence[str]) -> dict[tuple[int, int], float]:
    """Pairs of different texts that are copies of each other, with their edit ratio; positions in order."""
    return {
        (i, j): ratio
        for i, j in candidates(texts)
        if (ratio := fuzz.ratio(texts[i], texts[j], score_cutoff=ALIKE)) >= ALIKE
    }


def candidates(texts: Sequence[str], gate: float = GATE) -> Iterator[tuple[int, int]]:
    """Pairs i < j whose sets of trigrams have a Jaccard similarity of at least the gate: exact."""
    if len(texts) < 2:
        return
    grams = _trigrams(texts)
    sizes = grams.sum(axis=1)
    across = grams.T.tocsr()
    for start in range(0, len(texts), BLOCK):
        shared = (grams[start : start + BLOCK] @ across).tocoo()
        rows, columns, counts = shared.coords[0] + start, shared.coords[1], shared.data
        close = (rows < columns) & (counts >= gate * (sizes[rows] + sizes[columns] - counts))
        order = np.lexsort((columns[close], rows[close]))
        yield from zip(rows[close][order].tolist(), columns[close][order].tolist(), strict=True)


def _trigrams(texts: Sequence[str]) -> "csr_array":
    """Which trigrams each text holds, as a matrix of ones."""
    # Loaded here: scipy takes most of a second, which every start of the server would pay.
    from scipy.sparse import csr_array

    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.int64)
    lengths = np.array([len(text) for text in texts])
    codes = points[:-2] << 42 | points[1:-1] << 21 | points[2:]
    text_of = np.repeat(np.arange(len(texts)), lengths)
    inside = text_of[:-2] == text_of[2:]  # a trigram may not reach into the next text
    _, gram = np.unique(codes[inside], return_inverse=True)
    width = int(gram.max()) + 1 if len(gram) else 1
    cells = np.unique(text_of[:-2][inside] * width + gram)
    shape = (len(texts), width)
    return csr_array((np.ones(len(cells), np.int32), (cells // width, cells % width)), shape=shape)


def _filled_in(
    texts: Sequence[str],
    own: int,
    bids_of: Mapping[str, set[str]],
    pairs: Mapping[tuple[int, int], float],
    least: int,
) -> set[int]:
    """Texts that are template although they differ: close to a template, or with copies in 30 % of the bids."""
    holders = [set(bids_of.get(text, ())) for text in texts]
    reach = [set(bids) for bids in holders]
    common = set(range(own, len(texts)))
    for i, j in pairs:
        reach[i] |= holders[j]
        reach[j] |= holders[i]
        common |= {i, j} if j >= own else set()
    return common | {i for i, bids in enumerate(reach) if len(bids) >= least}


Near = tuple[float, str, str]
"""edit ratio and the folded passages of the first and the second bid"""


def _by_pair(
    texts: Sequence[str],
    bids_of: Mapping[str, set[str]],
    written: Mapping[tuple[str, str], str],
    pairs: Mapping[tuple[int, int], float],
    common: set[int],
) -> tuple[Overlap, ...]:
    near: dict[tuple[str, str], list[Near]] = {}
    for i, text in enumerate(texts):
        for one, other in combinations(sorted(bids_of.get(text, ())) if i not in common else (), 2):
            near.setdefault((one, other), []).append((100.0, text, text))
    for (i, j), alike in pairs.items():
        if i not in common and j not in common:
            for one, other in product(bids_of[texts[i]], bids_of[texts[j]]):
                if one < other:
                    near.setdefault((one, other), []).append((alike, texts[i], texts[j]))
                elif other < one:
                    near.setdefault((other, one), []).append((alike, texts[j], texts[i]))
    return tuple(_overlap(pair, found, written) for pair, found in sorted(near.items()))


def _overlap(pair: tuple[str, str], near: Sequence[Near], written: Mapping[tuple[str, str], str]) -> Overlap:
    """Each passage counts once: the most alike are matched first, so one sentence is not a copy of ten."""
    used: tuple[set[str], set[str]] = (set(), set())
    copies: list[tuple[int, Copy]] = []
    for alike, first, second in sorted(near, key=lambda one: (-one[0], -len(one[1]), one[1:])):
        if first not in used[0] and second not in used[1]:
            used[0].add(first)
            used[1].add(second)
            copy = Copy(written[pair[0], first], written[pair[1], second], alike)
            copies.append((len(first), copy))
    copies.sort(key=lambda one: (-one[0], one[1].first))
    return Overlap(pair, tuple(copy for _, copy in copies), sum(length for length, _ in copies))


def within_limit(
    passages: Mapping[str, Sequence[str]], limit: int = LOT_PASSAGES
) -> dict[str, tuple[str, ...]]:
    """The passages that are compared: all, or the longest of each bid where the lot has more than the limit."""
    each = limit // max(1, len(passages))
    kept: dict[str, tuple[str, ...]] = {}
    for bid, texts in passages.items():
        longest = sorted(range(len(texts)), key=lambda place: (-len(texts[place]), place))[:each]
        few = len(texts) > each and sum(map(len, passages.values())) > limit
        kept[bid] = tuple(texts[place] for place in sorted(longest)) if few else tuple(texts)
    return kept
