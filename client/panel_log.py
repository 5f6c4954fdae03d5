"""What a panel did, replayed from the log: whose verdicts and sheets counted when each lot was ranked.

1. The seats are those of the draw. A reserve who takes a seat over is the next one of its group in the draw's order,
   but for those whom a cap on employers, or a tie found after the opening, passes over.
   What the member who left had handed in and signed counts no more. A seat stays vacant only where no reserve is left;
   a further round fills exactly such seats, and its table leaves out whoever may not sit beside the members then.
2. The panel votes and signs only under a chair, whom it elected with more than half of all seats.
3. A member hands in verdicts on a lot once, and signs a sheet once; again only after it was opened again.
4. What counts for a lot is what stands when it is ranked. A ranking that was put aside is forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.claims import Evidence
from client.claims_rounds import checked_rounds
from crypto.log_entry import LoggedFact
from expert_pool.draw import PanelDraw
from expert_pool.reserves import Employers, employers_of
from expert_pool.rounds import DrawnRound, in_order_of_filling, later_rows, next_of_rounds
from kernel.errors import IntegrityBroken

NO_EMPLOYERS = Employers((), {}, {})


@dataclass(frozen=True)
class CountedWork:
    """What counted for one lot: digests of verdicts by seat, of sheets by bid and seat, and the logged ranking."""

    seats: frozenset[str]
    votes: Mapping[str, str]
    sheets: Mapping[tuple[str, str], str]
    ranked: Mapping[str, Any]


@dataclass
class PanelLog:
    """The panel as it stands after the facts so far."""

    draw: PanelDraw
    employers: Employers = NO_EMPLOYERS
    rounds: Sequence[DrawnRound] = ()
    """all rounds of the draw, where there are further ones"""
    results: list[PanelDraw] = field(default_factory=list)
    """the rounds drawn so far"""
    vacant: dict[str, str] = field(default_factory=dict)
    """group by seat"""
    due: dict[str, str] = field(default_factory=dict)
    """by vacant seat, the leaf that a further round has drawn for it"""
    leaves: dict[str, str] = field(default_factory=dict)
    """leaf by seat"""
    seats: dict[str, str] = field(default_factory=dict)
    """seat group by seat"""
    called: list[str] = field(default_factory=list)
    chair: str | None = None
    votes: dict[tuple[str, str], str] = field(default_factory=dict)
    sheets: dict[tuple[str, str], str] = field(default_factory=dict)
    counted: dict[str, CountedWork] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seats = {f"seat-{n}": seat.group for n, seat in enumerate(self.draw.seats, 1)}
        self.leaves = {f"seat-{n}": seat.leaf for n, seat in enumerate(self.draw.seats, 1)}
        self.called, self.results = [seat.leaf for seat in self.draw.seats], [self.draw]

    def take(self, fact: LoggedFact) -> None:
        """Let one fact happen; facts that are not the panel's change nothing."""
        act = {
            "chair.elected": self._elect,
            "seat.replaced": self._replace,
            "panel.reserves-used-up": self._leave_vacant,
            "draw.requested": self._ask_again,
            "panel.drawn": self._draw_again,
            "compliance.voted": self._vote,
            "compliance.reopened": self._reopen_votes,
            "sheet.signed": self._sign,
            "sheet.reopened": self._reopen_sheet,
            "prices.reviewed": self._review,
            "lot.ranked": self._rank,
            "ranking.voided": self._forget,
        }.get(fact.kind)
        if act is not None:
            act(fact.subject, fact.data)

    def _elect(self, _: str, data: Mapping[str, Any]) -> None:
        if data["seat"] not in self.seats or 2 * data["votes"] <= len(self.seats):
            raise IntegrityBroken(what="the chair was not elected by more than half of all seats")
        self.chair = data["seat"]

    def _replace(self, _: str, data: Mapping[str, Any]) -> None:
        left, made = data["seat"], data["replacement"]
        group = self.seats.pop(left, None)
        self.leaves.pop(left, None)
        self.vacant.pop(left, None)
        due = self.due.pop(left, None) if "draw" in data else self._next(str(group), data)
        if due != data["leaf"] or made in self.seats:
            raise IntegrityBroken(what=f"{left} was not taken over by the next reserve of the draw")
        self.seats[made], self.leaves[made] = str(group), data["leaf"]
        self.called.append(data["leaf"])
        self._forget_work(left)

    def _next(self, group: str, data: Mapping[str, Any]) -> str | None:
        """The reserve who is next for a seat of the group."""
        passed = {*self.called, *data.get("passed_over", ())}
        return next_of_rounds(self.results, group, self.leaves.values(), passed, self.employers)

    def _leave_vacant(self, _: str, data: Mapping[str, Any]) -> None:
        seat = data["seat"]
        leaf, group = self.leaves.pop(seat, ""), self.seats.get(seat)
        # Logs of older versions do not say who was passed over.
        if group != data["group"] or ("passed_over" in data and self._next(str(group), data) is not None):
            raise IntegrityBroken(what=f"{seat} was left vacant although a reserve was left")
        self.leaves[seat], self.vacant[seat] = leaf, str(group)
        self._forget_work(seat)

    def _forget_work(self, seat: str) -> None:
        self.votes = {key: digest for key, digest in self.votes.items() if key[1] != seat}
        self.sheets = {key: digest for key, digest in self.sheets.items() if key[1] != seat}
        self.chair = None if self.chair == seat else self.chair

    def _ask_again(self, draw_id: str, _: Mapping[str, Any]) -> None:
        further = self._further(draw_id)
        if further is None:
            return
        seated = {leaf for seat, leaf in self.leaves.items() if seat not in self.vacant}
        earlier, request = self.rounds[: len(self.results)], further.request
        if later_rows(earlier, request.groups, seated) != request.rows:
            raise IntegrityBroken(
                what="the table of a further round is not what the panel and the first one leave"
            )

    def _draw_again(self, draw_id: str, _: Mapping[str, Any]) -> None:
        further = self._further(draw_id)
        if further is None:
            return
        assert further.request.terms is not None
        assert further.request.terms.round is not None
        vacant = {seat: self.vacant.get(seat, "") for seat in further.request.terms.round.seats}
        groups = [group.id for group in further.request.groups for _ in range(group.quota)]
        if sorted(vacant.values()) != sorted(groups):
            raise IntegrityBroken(what="a further round was drawn for other seats than the vacant ones")
        filled = in_order_of_filling(further.request.groups, vacant)
        self.due = {seat: drawn.leaf for seat, drawn in zip(filled, further.result.seats, strict=True)}
        self.results.append(further.result)

    def _further(self, draw_id: str) -> DrawnRound | None:
        """The round that comes next, if it is this one."""
        coming = self.rounds[len(self.results) :][:1]
        return next((one for one in coming if one.request.draw_id == draw_id), None)

    def _vote(self, lot: str, data: Mapping[str, Any]) -> None:
        self._check_member(data["seat"])
        if (lot, data["seat"]) in self.votes:
            raise IntegrityBroken(what=f"{data['seat']} voted twice on the lot {lot} without a re-opening")
        self.votes[lot, data["seat"]] = data["votes"]

    def _reopen_votes(self, lot: str, data: Mapping[str, Any]) -> None:
        standing = {seat: digest for (of, seat), digest in self.votes.items() if of == lot}
        if standing != data["votes"]:
            raise IntegrityBroken(what=f"the re-opened verdicts on the lot {lot} are not those that stood")
        self.votes = {key: digest for key, digest in self.votes.items() if key[0] != lot}

    def _sign(self, bid: str, data: Mapping[str, Any]) -> None:
        self._check_member(data["seat"])
        if (bid, data["seat"]) in self.sheets:
            raise IntegrityBroken(what=f"{data['seat']} signed twice for the bid {bid} without a re-opening")
        self.sheets[bid, data["seat"]] = data["sheet"]

    def _reopen_sheet(self, bid: str, data: Mapping[str, Any]) -> None:
        if self.sheets.pop((bid, data["seat"]), None) != data["sheet"]:
            raise IntegrityBroken(what=f"the re-opened sheet of {data['seat']} is not the one that stood")

    def _review(self, _: str, data: Mapping[str, Any]) -> None:
        if data["seat"] != self.chair:
            raise IntegrityBroken(what="somebody else than the chair closed the look at the prices")

    def _rank(self, lot: str, data: Mapping[str, Any]) -> None:
        votes = {seat: digest for (of, seat), digest in self.votes.items() if of == lot}
        self.counted[lot] = CountedWork(frozenset(self.seats), votes, dict(self.sheets), data)

    def _forget(self, _: str, __: Mapping[str, Any]) -> None:
        self.counted.clear()

    def _check_member(self, seat: str) -> None:
        if seat not in self.seats or seat in self.vacant:
            raise IntegrityBroken(what=f"{seat} does not sit on the panel")
        if self.chair is None:
            raise IntegrityBroken(what=f"{seat} voted or signed before the panel had a chair")


def work_that_counted(evidence: Evidence) -> Mapping[str, CountedWork]:
    """What counted for each lot at its last ranking.

    Raises:
        IntegrityBroken: the draw does not hold, or the panel's facts break one of the rules above.
    """
    rounds = checked_rounds(evidence)
    log = PanelLog(rounds[0].result, employers_of(rounds[0].request), rounds)
    for _, fact in evidence.facts:
        log.take(fact)
    return log.counted
