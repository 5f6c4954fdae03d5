"""The draws of an evaluation: coefficients, samples of bids, and the order of bids that are equal.

1. Freezing fixes what is drawn among what: coefficients by name with the values of the rulebook, samples and ties with
   their bids in order of id; the log keeps the hash. It rests on the rulebook (before the ranking) or on the ranking
   that left bids equal.
2. The seed is made from the root of the log right after the first entry that follows: it did not exist before, and
   nobody can wait for another one.
3. One stream of numbers decides the items in their order: a value for a coefficient, an order for bids. The first bids
   of a sample's order that are still in when prices are scored are the sample.

Format: docs/formats/evaluation-draw.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from crypto.canonical import JsonValue, canonical, tagged_hash
from crypto.log_entry import read_fact
from crypto.log_seed import HASH_HEX, Freeze, SeedRoot, check_tree, read_freeze, write_freeze, write_tree
from crypto.seeded_random import SeededRandom
from evaluation.case import DrawnFacts, EvaluationCase
from evaluation.compliance import OpenedBid, screen
from evaluation.evaluate import technical_part
from evaluation.result import Ranking
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import write_decimal
from evaluation.score_matrix import technical_only
from evaluation.thresholds import below_minimum
from kernel.errors import IntegrityBroken
from kernel.fields import Fields
from kernel.ids import BidId

VERSION: Final = 1
FORMULA: Final = "formula"
TIES: Final = "ties"
STAGES: Final = (FORMULA, TIES)
COEFFICIENT, SAMPLE, TIE = "coefficient", "sample", "tie"
FROZEN: Final = "evaluation-draw.frozen"


@dataclass(frozen=True)
class DrawItem:
    """One thing to draw: values of a coefficient, or bids of a sample or of a tie, which is named by its place."""

    kind: str
    name: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class DrawRequest:
    """What was frozen for one lot; `rests_on` is the digest of the rulebook or of the ranking that left the ties."""

    draw_id: str
    tender_id: str
    lot_id: str
    stage: str
    rests_on: str
    items: tuple[DrawItem, ...]


def formula_items(rulebook: Rulebook, bid_ids: Sequence[str]) -> tuple[DrawItem, ...]:
    """What has to be drawn before the lot can be ranked; empty where the rulebook draws nothing."""
    values = {one.name: tuple(write_decimal(value) for value in one.values) for one in rulebook.drawn}
    samples = sorted(sample.name for sample in rulebook.price.samples)
    return (
        *(DrawItem(COEFFICIENT, name, values[name]) for name in sorted(values)),
        *(DrawItem(SAMPLE, name, tuple(sorted(bid_ids))) for name in samples),
    )


def ties_that_matter(ranking: Ranking) -> tuple[DrawItem, ...]:
    """The ties at places of candidates: a draw decides their order before there is a report."""
    places = {line.bid.bid_id: line.place for line in ranking.lines}
    return tuple(
        DrawItem(TIE, str(places[tie[0]]), tuple(sorted(tie)))
        for tie in ranking.ties
        if places[tie[0]] <= ranking.rulebook.candidates
    )


def request_hash(request: DrawRequest) -> bytes:
    """What the log keeps of a request."""
    return tagged_hash("evaluation-draw", canonical(write_request(request)))


def draw_items(request: DrawRequest, root: bytes) -> tuple[tuple[str, ...], ...]:
    """What each item gives, in their order: one value, or all bids in the order drawn."""
    numbers = SeededRandom(tagged_hash("evaluation-draw-seed", request_hash(request), root))
    return tuple(
        (item.among[numbers.below(len(item.among))],)
        if item.kind == COEFFICIENT
        else tuple(numbers.shuffle(item.among))
        for item in request.items
    )


def kept_bids(case: EvaluationCase) -> tuple[OpenedBid, ...]:
    """The bids whose prices are scored: accepted, and above every minimum; needs no draw."""
    accepted = screen(case.rulebook, case.bids, case.votes).accepted
    part = technical_part(case, accepted)
    grounds = below_minimum(case.rulebook, part, technical_only(case.rulebook, part))
    return tuple(bid for bid, found in zip(accepted, grounds, strict=True) if not found)


def with_formula(
    case: EvaluationCase, items: Sequence[DrawItem], drawn: Sequence[Sequence[str]]
) -> EvaluationCase:
    """The case with the coefficients and samples that a draw gave."""
    chosen = {(item.kind, item.name): tuple(result) for item, result in zip(items, drawn, strict=True)}
    rule = case.rulebook.price
    coefficients = {
        one.name: value
        for one in case.rulebook.drawn
        for value in one.values
        if (write_decimal(value),) == chosen.get((COEFFICIENT, one.name))
    }
    samples: dict[str, tuple[BidId, ...]] = {}
    if rule.samples:
        basis = case.bids if rule.benchmark.among == "opened" else kept_bids(case)
        ids = {str(bid.bid_id) for bid in basis}
        for sample in rule.samples:
            order = [bid for bid in chosen.get((SAMPLE, sample.name), ()) if bid in ids]
            samples[sample.name] = tuple(BidId(bid) for bid in sorted(order[: sample.size]))
    return replace(case, drawn=DrawnFacts(coefficients, samples, case.drawn.ties))


def with_ties(case: EvaluationCase, drawn: Sequence[Sequence[str]]) -> EvaluationCase:
    """The case with the order that a draw gave to bids that were equal."""
    ties = tuple(tuple(BidId(bid) for bid in order) for order in drawn)
    return replace(case, drawn=replace(case.drawn, ties=ties))


def write_request(request: DrawRequest) -> dict[str, JsonValue]:
    """The frozen request; its canonical bytes are what is hashed."""
    return {
        "v": VERSION,
        "draw_id": request.draw_id,
        "tender_id": request.tender_id,
        "lot_id": request.lot_id,
        "stage": request.stage,
        "rests_on": request.rests_on,
        "items": [
            {"kind": item.kind, "name": item.name, "among": list(item.among)} for item in request.items
        ],
    }


def read_request(data: object) -> DrawRequest:
    """Read a request; raises BadInput."""
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    request = DrawRequest(
        draw_id=fields.text("draw_id", 80),
        tender_id=fields.text("tender_id", 80),
        lot_id=fields.text("lot_id", 80),
        stage=fields.choice("stage", STAGES),
        rests_on=fields.text("rests_on", HASH_HEX),
        items=tuple(_item(item) for item in fields.objects("items")),
    )
    fields.done()
    return request


def write_transcript(request: DrawRequest, freeze: Freeze, seed: SeedRoot | None) -> dict[str, JsonValue]:
    """The published record; before the draw it has no tree and no result."""
    record: dict[str, JsonValue] = {
        "v": VERSION,
        "request": write_request(request),
        "freeze": write_freeze(freeze),
    }
    if seed is not None:
        record["tree"] = write_tree(freeze, seed)
        record["result"] = [list(drawn) for drawn in draw_items(request, seed.root)]
    return record


@dataclass(frozen=True)
class CheckedDraw:
    """A draw that was recomputed: its request, the entry that froze it, the root that made its seed, its result."""

    request: DrawRequest
    index: int
    size: int
    root: bytes
    result: tuple[tuple[str, ...], ...]


def check_transcript(data: object) -> CheckedDraw:
    """Recompute a finished draw from its record.

    Raises:
        IntegrityBroken: the record contradicts itself; `what` names the step.
        BadInput: it is not a record of this version.
    """
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    # (1) the request lists values once and bids in the order of their ids
    request = read_request(fields.take("request"))
    for item in request.items:
        if len(set(item.among)) != len(item.among):
            _broken(f"{item.kind} {item.name} is drawn among doubled values")
        if item.kind != COEFFICIENT and tuple(sorted(item.among)) != item.among:
            _broken(f"the bids of the {item.kind} {item.name} are not in order of their ids")
    # (2) the disclosed entry of the log froze exactly this request
    freeze = read_freeze(fields.inner("freeze"))
    fact = read_fact(freeze.fact)
    told = (fact.kind, fact.subject, fact.data.get("request"), fact.tender_id)
    if told != (FROZEN, request.draw_id, request_hash(request).hex(), request.tender_id):
        _broken("the entry of the log froze something else")
    # (3) that entry stands in the tree, one entry before its end
    seed = check_tree(fields.inner("tree"), freeze)
    # (4) the root gives exactly this result
    result = draw_items(request, seed.root)
    if [list(drawn) for drawn in result] != fields.take("result"):
        _broken("the result is not what the root gives")
    fields.done()
    return CheckedDraw(request, freeze.index, freeze.seed_size, seed.root, result)


def describe(
    request: Mapping[str, JsonValue], result: Sequence[Sequence[str]] | None
) -> list[dict[str, JsonValue]]:
    """Items beside what was drawn, for those who read."""
    items = read_request(request).items
    drawn: Sequence[Sequence[str]] = result if result is not None else [()] * len(items)
    return [
        {"kind": item.kind, "name": item.name, "among": list(item.among), "drawn": list(got)}
        for item, got in zip(items, drawn, strict=True)
    ]


def _item(fields: Fields) -> DrawItem:
    kind = fields.choice("kind", (COEFFICIENT, SAMPLE, TIE))
    name, among = fields.text("name", 40), fields.list("among")
    fields.done()
    return DrawItem(kind, name, tuple(str(one) for one in among))


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"draw of the evaluation: {what}")
