"""The evaluation case: everything a ranking depends on, and its published form.

The order in which bids, votes and sheets arrived is not part of a case: they are written in order of their
ids, so one case has one digest. Format: docs/formats/evaluation-case.md.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical
from evaluation.compliance import OpenedBid, Vote, check_votes
from evaluation.rulebook import Rulebook, read_rulebook, write_rulebook
from evaluation.sheets import Sheet, check_sheet, read_sheet, write_sheet_points
from kernel.errors import BadInput, BadSheet
from kernel.fields import Fields
from kernel.ids import BidId, LotId, TenderId
from kernel.money import read_units, write_units

VERSION: Final = 1


@dataclass(frozen=True)
class EvaluationCase:
    """The whole input of an evaluation; members are named by their seat, not by their name."""

    tender_id: TenderId
    lot_id: LotId
    rulebook: Rulebook
    bids: tuple[OpenedBid, ...]
    votes: tuple[Vote, ...]
    sheets: tuple[Sheet, ...]

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
        if bid.price <= 0:
            raise BadInput(where=f"bid {bid.bid_id}", why="its price must be above zero")
        bid_ids.add(bid.bid_id)
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
    fields.whole("v", VERSION, VERSION)
    rulebook = read_rulebook(fields.take("rulebook"), "rulebook")
    case = EvaluationCase(
        tender_id=TenderId(fields.text("tender_id", 80)),
        lot_id=LotId(fields.text("lot_id", 80)),
        rulebook=rulebook,
        bids=tuple(_bid(bid, rulebook) for bid in fields.objects("bids")),
        votes=tuple(_vote(vote) for vote in fields.objects("votes")),
        sheets=tuple(_sheet(sheet, rulebook) for sheet in fields.objects("sheets")),
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
            {"bid_id": bid.bid_id, "bidder_name": bid.bidder_name, "price": write_units(bid.price, places)}
            for bid in sorted(case.bids, key=lambda bid: bid.bid_id)
        ],
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


def _bid(fields: Fields, rulebook: Rulebook) -> OpenedBid:
    price = read_units(fields.text("price", 40), rulebook.scale.places, fields.where("price"))
    bid = OpenedBid(BidId(fields.text("bid_id", 80)), fields.text("bidder_name", 400), price)
    fields.done()
    return bid


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
