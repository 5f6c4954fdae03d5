"""The evaluation case: everything a ranking depends on, and its published form.

The order in which bids, votes and sheets arrived is not part of a case: they are written in order of their
ids, so one case has one digest. Format: docs/formats/evaluation-case.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical
from evaluation.answers import answer_fields, read_answer
from evaluation.compliance import SEALED, OpenedBid, Vote, check_votes
from evaluation.rulebook import Rulebook, read_rulebook, write_rulebook
from evaluation.rulebook.numbers import decimal, write_decimal
from evaluation.sheets import Sheet, check_sheet, read_sheet, write_sheet_points
from kernel.clock import read_time
from kernel.errors import BadInput, BadSheet
from kernel.fields import Fields
from kernel.ids import BidId, LotId, TenderId
from kernel.money import read_units, write_units

VERSION: Final = 2


@dataclass(frozen=True)
class DrawnFacts:
    """What public draws decided: coefficients by name, samples of bids by name, and orders of bids that were equal."""

    coefficients: Mapping[str, Fraction] = field(default_factory=dict)
    samples: Mapping[str, tuple[BidId, ...]] = field(default_factory=dict)
    ties: tuple[tuple[BidId, ...], ...] = ()


@dataclass(frozen=True)
class EvaluationCase:
    """The whole input of an evaluation; members are named by their seat, not by their name."""

    tender_id: TenderId
    lot_id: LotId
    rulebook: Rulebook
    bids: tuple[OpenedBid, ...]
    votes: tuple[Vote, ...]
    sheets: tuple[Sheet, ...]
    drawn: DrawnFacts = DrawnFacts()

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody who voted or handed in a sheet, in order of name."""
        return tuple(sorted({vote.member for vote in self.votes} | {sheet.member for sheet in self.sheets}))


def check_case(case: EvaluationCase) -> None:
    """Accept a case whose bids are distinct, whose votes are complete and whose sheets fit the rulebook.

    Raises:
        BadInput: a bid or a vote is wrong.
        BadSheet: a sheet is wrong.
    """
    bid_ids = set()
    for bid in case.bids:
        if bid.bid_id in bid_ids:
            raise BadInput(where=f"bid {bid.bid_id}", why="it is in the case twice")
        if bid.is_priced and (bid.offer <= 0 or bid.price <= 0):
            raise BadInput(where=f"bid {bid.bid_id}", why="its price must be above zero")
        if "earlier_bid" in case.rulebook.tie_break and not bid.received_at:
            why = "the rulebook compares when bids came in, so received_at is needed"
            raise BadInput(where=f"bid {bid.bid_id}", why=why)
        bid_ids.add(bid.bid_id)
    _check_drawn(case, bid_ids)
    check_votes(case.rulebook, case.bids, case.votes, set(case.members))
    seen = set()
    for sheet in case.sheets:
        if sheet.bid_id not in bid_ids:
            raise BadSheet(where=sheet.member, why=f"there is no bid {sheet.bid_id} in this case")
        if (sheet.member, sheet.bid_id) in seen:
            raise BadSheet(where=sheet.member, why=f"there are two sheets for the bid {sheet.bid_id}")
        seen.add((sheet.member, sheet.bid_id))
        check_sheet(case.rulebook, sheet)


def read_case(data: object) -> EvaluationCase:
    """Read a case from parsed JSON.

    Raises:
        BadInput: `where` is the path of the first wrong field (BadRulebook and BadSheet for their parts).
    """
    fields = Fields(data)
    fields.whole("v", 1, VERSION)
    rulebook = read_rulebook(fields.take("rulebook"), "rulebook")
    case = EvaluationCase(
        tender_id=TenderId(fields.text("tender_id", 80) if fields.has("tender_id") else "tender"),
        lot_id=LotId(fields.text("lot_id", 80) if fields.has("lot_id") else "lot"),
        rulebook=rulebook,
        bids=tuple(_bid(bid, rulebook) for bid in fields.objects("bids")),
        votes=tuple(_vote(vote) for vote in fields.objects_or_none("votes")),
        sheets=tuple(_sheet(sheet, rulebook) for sheet in fields.objects_or_none("sheets")),
        drawn=_drawn(fields.inner_or("drawn", {})),
    )
    fields.done()
    check_case(case)
    return case


def write_case(case: EvaluationCase) -> dict[str, JsonValue]:
    """The published form of a case, the same for every order of arrival."""
    places = case.rulebook.scale.places
    return {
        "v": VERSION,
        "tender_id": case.tender_id,
        "lot_id": case.lot_id,
        "rulebook": write_rulebook(case.rulebook),
        "bids": [
            _write_bid(bid, case.rulebook, places) for bid in sorted(case.bids, key=lambda bid: bid.bid_id)
        ],
        "drawn": _write_drawn(case.drawn),
        "votes": [
            {
                "bid_id": vote.bid_id,
                "check": vote.check_id,
                "member": vote.member,
                "passed": vote.passed,
                "reason": vote.reason,
            }
            for vote in sorted(case.votes, key=lambda vote: (vote.bid_id, vote.check_id, vote.member))
        ],
        "sheets": [
            {
                "bid_id": sheet.bid_id,
                "member": sheet.member,
                "points": write_sheet_points(case.rulebook, sheet),
            }
            for sheet in sorted(case.sheets, key=lambda sheet: (sheet.bid_id, sheet.member))
        ],
    }


def case_digest(case: EvaluationCase) -> str:
    """SHA-256 of the case's canonical bytes, in lower-case hex."""
    return sha256(canonical(write_case(case))).hexdigest()


def _check_drawn(case: EvaluationCase, bid_ids: set[BidId]) -> None:
    """Raise unless every coefficient is drawn out of its values and every drawn bid is in the case."""
    coefficients = case.drawn.coefficients
    for one in case.rulebook.drawn:
        where = f"drawn.coefficients.{one.name}"
        if one.name not in coefficients:
            raise BadInput(where=where, why="this coefficient was not drawn yet")
        if coefficients[one.name] not in one.values:
            listed = ", ".join(write_decimal(value) for value in one.values)
            raise BadInput(where=where, why=f"it must be one of {listed}")
    for name in set(coefficients) - {one.name for one in case.rulebook.drawn}:
        raise BadInput(where=f"drawn.coefficients.{name}", why="the rulebook draws no such coefficient")
    known = {sample.name for sample in case.rulebook.price.samples}
    for name, sample in case.drawn.samples.items():
        if name not in known or len(set(sample)) != len(sample) or not set(sample) <= bid_ids:
            why = "a sample is named in the rulebook and lists bids of this case, each once"
            raise BadInput(where=f"drawn.samples.{name}", why=why)
    for name in known - set(case.drawn.samples):
        raise BadInput(where=f"drawn.samples.{name}", why="this sample was not drawn yet")
    listed_bids = [bid for tie in case.drawn.ties for bid in tie]
    if len(set(listed_bids)) != len(listed_bids) or not set(listed_bids) <= bid_ids:
        raise BadInput(where="drawn.ties", why="the order of equal bids lists bids of this case, each once")


def _bid(fields: Fields, rulebook: Rulebook) -> OpenedBid:
    places, bid_id = rulebook.scale.places, fields.text("bid_id", 80)
    corrected = None
    if fields.has("corrected_price"):
        where = fields.where("corrected_price")
        corrected = read_units(fields.text("corrected_price", 40), places, where)
    bid = OpenedBid(
        bid_id=BidId(bid_id),
        bidder_name=fields.text("bidder_name", 400) if fields.has("bidder_name") else bid_id,
        price=_price(fields, places),
        corrected_price=corrected,
        received_at=_moment(fields) if fields.has("received_at") else "",
        answers=_answers(fields.inner_or("answers", {}), rulebook),
    )
    fields.done()
    return bid


def _moment(fields: Fields) -> str:
    text = fields.text("received_at", 40)
    try:
        read_time(text)
    except ValueError:
        fields.fail("received_at", "a moment is written in UTC, such as 2026-03-01T01:00:00.000Z")
    return text


def _answers(fields: Fields, rulebook: Rulebook) -> dict[str, object]:
    known = answer_fields(rulebook)
    for id, value in fields.data.items():
        if id not in known:
            fields.fail(id, "the rulebook asks for no such answer")
        try:
            read_answer(known[id], value)
        except ValueError as why:
            fields.fail(id, str(why))
    return dict(fields.data)


def _price(fields: Fields, places: int) -> int:
    """A bid whose sealed price could not be read when it was opened has null here."""
    if fields.data.get("price", "") is None:
        fields.take("price")
        return SEALED
    return read_units(fields.text("price", 40), places, fields.where("price"))


def _write_bid(bid: OpenedBid, rulebook: Rulebook, places: int) -> dict[str, JsonValue]:
    read = {
        id: read_answer(field, bid.answers[id])
        for id, field in answer_fields(rulebook).items()
        if id in bid.answers
    }
    return {
        "bid_id": bid.bid_id,
        "bidder_name": bid.bidder_name,
        "price": write_units(bid.price, places) if bid.is_priced else None,
        "corrected_price": None if bid.corrected_price is None else write_units(bid.corrected_price, places),
        "received_at": bid.received_at or None,
        "answers": {
            id: write_decimal(value) if isinstance(value, Fraction) else value for id, value in read.items()
        },
    }


def _drawn(fields: Fields) -> DrawnFacts:
    coefficients = fields.inner_or("coefficients", {})
    samples = fields.inner_or("samples", {})
    drawn = DrawnFacts(
        {name: decimal(coefficients, name, 0, 1000) for name in coefficients.data},
        {name: _bid_ids(samples, name, samples.data[name]) for name in samples.data},
        tuple(_bid_ids(fields, "ties", tie) for tie in (fields.list("ties") if fields.has("ties") else ())),
    )
    fields.done()
    return drawn


def _bid_ids(fields: Fields, key: str, value: object) -> tuple[BidId, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(bid, str) for bid in value):
        fields.fail(key, "a list of bids is needed here")
    return tuple(BidId(bid) for bid in value)


def _write_drawn(drawn: DrawnFacts) -> dict[str, JsonValue]:
    return {
        "coefficients": {name: write_decimal(value) for name, value in drawn.coefficients.items()},
        "samples": {name: list(bids) for name, bids in drawn.samples.items()},
        "ties": [list(tie) for tie in drawn.ties],
    }


def _vote(fields: Fields) -> Vote:
    reason = fields.text("reason") if fields.data.get("reason") else ""
    fields.left.discard("reason")
    vote = Vote(
        member=fields.text("member", 80),
        bid_id=BidId(fields.text("bid_id", 80)),
        check_id=fields.text("check", 40),
        passed=fields.truth("passed"),
        reason=reason,
    )
    fields.done()
    return vote


def _sheet(fields: Fields, rulebook: Rulebook) -> Sheet:
    points = fields.inner("points")
    sheet = read_sheet(rulebook, fields.text("member", 80), BidId(fields.text("bid_id", 80)), points.data)
    fields.done()
    return sheet
