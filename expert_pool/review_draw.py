"""The draw of experts who review an approval case (专家评审): the code of panels, with a seed from the public log.

1. Freezing fixes groups, the sealed table and a commitment of the platform; one entry of the log holds their hashes.
2. The late value is the root of the log right after the next entry: it did not exist when the request was frozen, and
   nobody can wait for another one. With it the platform's secret gives the seed.
3. The record is that of a panel (docs/formats/draw-record.md), so the same programs recompute it.

Format: docs/formats/review-panel.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from crypto.canonical import JsonValue
from crypto.log_entry import read_fact
from crypto.log_seed import Freeze, SeedRoot, check_tree, read_freeze, write_freeze, write_tree
from expert_pool.draw import (
    DrawGroup,
    DrawRequest,
    DrawTerms,
    PanelDraw,
    Reveal,
    Row,
    commitment,
    make_request,
    request_hash,
    seed_of,
)
from expert_pool.drawing import draw_panel
from expert_pool.late_value import TypedRule, late_value
from expert_pool.panel import PanelRule
from expert_pool.transcript import check_transcript, write_transcript
from kernel.errors import IntegrityBroken
from kernel.fields import Fields

VERSION: Final = 1
PLATFORM: Final = "platform"
FROZEN: Final = "review-panel.frozen"
REVIEW_RULE: Final = PanelRule(fewest_members=3)
"""No national law sets the size of a review; three and odd, so that it cannot be divided evenly."""


def late_rule(draw_id: str) -> TypedRule:
    """What the request says of its late value."""
    return TypedRule(f"root of the log, one entry after the freeze of {draw_id}")


def freeze_review(
    draw_id: str,
    number: int,
    case_id: str,
    groups: Sequence[DrawGroup],
    rows: Sequence[Row],
    caps: tuple[int, ...],
    verifier: str,
) -> DrawRequest:
    """Fix who can be drawn for a case; raises TooFewEligibleExperts where the pool cannot fill the seats."""
    terms = DrawTerms(caps, late_rule(draw_id), verifier)
    return make_request(draw_id, number, f"case:{case_id}", groups, (PLATFORM,), rows, terms)


def draw_review(request: DrawRequest, secret: bytes, root: bytes) -> PanelDraw:
    """The panel that follows from the secret and the root, for anyone."""
    assert request.terms is not None
    assert request.terms.late is not None
    late = late_value(request.terms.late, root.hex())
    return draw_panel(request, seed_of(request_hash(request), [Reveal(PLATFORM, secret)], late))


def frozen_data(request: DrawRequest, secret: bytes) -> dict[str, JsonValue]:
    """What the log says of the freeze: hashes and counts."""
    hash = request_hash(request)
    return {
        "request": hash.hex(),
        "commitment": commitment(hash, PLATFORM, secret).hex(),
        "case": request.tender_id.removeprefix("case:"),
        "seats": request.seats,
        "experts": len(request.rows),
    }


def write_review_record(
    request: DrawRequest, secret: bytes, freeze: Freeze, seed: SeedRoot
) -> dict[str, JsonValue]:
    """The whole record of a drawn panel."""
    committed = {PLATFORM: commitment(request_hash(request), PLATFORM, secret)}
    result = draw_review(request, secret, seed.root)
    reveals = [Reveal(PLATFORM, secret)]
    return {
        "v": VERSION,
        "draw": write_transcript(request, committed, reveals, result, seed.root.hex()),
        "freeze": write_freeze(freeze),
        "tree": write_tree(freeze, seed),
    }


def check_review_record(data: object) -> PanelDraw:
    """Recompute a draw from its record and give the panel.

    Raises:
        IntegrityBroken: the record contradicts itself; `what` names the step.
        BadInput: it is not a record of this version.
    """
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    # (1) the draw recomputes
    draw: Any = fields.take("draw")
    result = check_transcript(draw)
    # (2) the disclosed entry of the log froze exactly this request and this commitment
    freeze = read_freeze(fields.inner("freeze"))
    fact = read_fact(freeze.fact)
    _check_fact(fact.kind, fact.subject, fact.data, draw)
    # (3) that entry stands in the tree, one entry before its end, and the root is the late value
    seed = check_tree(fields.inner("tree"), freeze)
    if draw["late"] != seed.root.hex():
        _broken("the late value is not the root of the log")
    fields.done()
    return result


def _check_fact(kind: str, subject: str, data: Mapping[str, Any], draw: Mapping[str, Any]) -> None:
    told = (kind, subject, data.get("request"), data.get("commitment"))
    request, committed = draw["request"], [one["commitment"] for one in draw["commitments"]]
    if told != (FROZEN, request["draw_id"], draw["request_hash"], *committed):
        _broken("the entry of the log froze something else")
    if request["late"] != {"kind": "typed", "source": late_rule(request["draw_id"]).source}:
        _broken("the request names another late value than the root of the log")


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"review panel: {what}")
