"""Claims about the panel, the ranking and the report."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from client.claims import Evidence, NotProven, digest_of
from client.claims_bids import bids_at_work, opened_json, price_units
from client.claims_ceremony import ceremony_was_kept
from client.claims_rounds import check_nonces, checked_rounds, draw_records
from client.claims_stages import check_locked_scores, check_review
from client.panel_log import work_that_counted
from crypto.canonical import unb64
from crypto.checkpoint import read_checkpoint
from crypto.log_entry import LoggedFact
from crypto.merkle import verify_consistency
from crypto.parts_digest import parts_digest
from crypto.witnessing import check_quorum
from evaluation.answers import answer_fields, read_answer, stated_answers
from evaluation.case import read_case, write_case
from evaluation.evaluate import evaluate
from evaluation.report.signatures import DISSENT, SILENT, counts_as
from evaluation.result import write_ranking
from evaluation.rulebook import read_rulebook
from evaluation.signed_work import score_digests, words_digest
from kernel.clock import read_time
from kernel.errors import IntegrityBroken
from kernel.money import PriceScale, write_units
from tender.envelopes import opens_in_stages
from tender.opening import read_announced

REPORT_FORMS = {"json": "report.json", "pdf-zh": "report.zh.pdf", "pdf-en": "report.en.pdf"}
SIGNATURE_FORMS = {
    "sign-json": "signatures.json",
    "sign-zh": "signatures.zh.pdf",
    "sign-en": "signatures.en.pdf",
}


def panel_was_drawn(evidence: Evidence) -> str:
    """The panel is what the public draw, and its further rounds, give for the frozen requests and the secrets."""
    rounds, records = checked_rounds(evidence), draw_records(evidence)
    went = [_round_was_kept(evidence, record) for record in records]
    told = f"{len(rounds[0].result.seats)} seats of {len(rounds[0].request.rows)} experts; {went[0]}"
    given = len(records[0].get("nonces", [None])) - 1  # after the salt
    told = f"{told}; {given} nonces of bidders in the seed" if given else told
    further = sum(len(one.result.seats) for one in rounds[1:])
    return f"{told}; {further} seats drawn again in {len(rounds) - 1} further rounds" if further else told


def _round_was_kept(evidence: Evidence, record: Any) -> str:
    """One round: its ceremony, and that record, commitments and program are those of the log."""
    went, draw_id = ceremony_was_kept(evidence, record), record["request"]["draw_id"]

    def told(kind: str) -> list[tuple[int, LoggedFact]]:
        return [(index, fact) for index, fact in evidence.of_kind(kind) if fact.subject == draw_id]

    [(_, requested)] = told("draw.requested")
    if record["request_hash"] != requested.data["request"]:
        raise IntegrityBroken(what="the draw record is not the one that was asked for")
    said = {line["party"]: line["commitment"] for line in record["commitments"]}
    if said != {fact.data["party"]: fact.data["commitment"] for _, fact in told("draw.committed")}:
        raise IntegrityBroken(what="the commitments of the draw are not the logged ones")
    named = record["request"].get("verifier")
    programs = [part for name, part in evidence.capsule.parts.items() if name.startswith("verify_draw")]
    if named and named not in {sha256(program).hexdigest() for program in programs}:
        raise IntegrityBroken(what="the program that checks the draw is not the one that the request named")
    check_nonces(evidence, record)
    last_commitment = max(index for index, _ in told("draw.committed"))
    if last_commitment > min(index for index, _ in told("draw.revealed")):
        raise IntegrityBroken(what="a secret was revealed before every party had committed")
    return went


def sheets_were_signed(evidence: Evidence) -> str:
    """Every vote and sheet in the case is the last that a member handed in before the ranking, and none is missing."""
    counted, count = work_that_counted(evidence), 0
    seats: frozenset[str] = frozenset()
    for lot_id, case in evidence.cases.items():
        if lot_id not in counted:
            raise IntegrityBroken(what=f"the log does not rank the lot {lot_id}")
        work, seats = counted[lot_id], counted[lot_id].seats
        cast: dict[str, list[Any]] = {}
        for vote in case["votes"]:
            line = [vote["bid_id"], vote["check"], vote["passed"], vote["reason"]]
            cast.setdefault(vote["member"], []).append(line)
        for member, lines in cast.items():
            if work.votes.get(member) != digest_of(sorted(lines, key=str)):
                raise IntegrityBroken(what=f"the votes of {member} are not the ones handed in")
        for sheet in case["sheets"]:
            if work.sheets.get((sheet["bid_id"], sheet["member"])) != digest_of(sheet):
                raise IntegrityBroken(
                    what=f"the sheet of {sheet['member']} for bid {sheet['bid_id']} is not as signed"
                )
        check_whole_panel(evidence, lot_id, seats, set(cast))
        if opens_in_stages(evidence.terms):
            check_locked_scores(evidence, score_digests(case))
        count += len(case["sheets"])
    return f"{count} signed sheets of {len(seats)} members"


def check_whole_panel(evidence: Evidence, lot_id: str, seats: frozenset[str], voted: set[str]) -> None:
    """Nobody was left out: every seat has voted, and has a sheet for every ranked bid, where there are any at all."""
    if voted and voted != seats:
        raise IntegrityBroken(what=f"the votes of {min(voted ^ seats)} are missing")
    sheets = {(sheet["bid_id"], sheet["member"]) for sheet in evidence.cases[lot_id]["sheets"]}
    ranked = [line["bid_id"] for line in evidence.rankings[lot_id]["lines"]]
    for bid, seat in sorted((bid, seat) for bid in ranked for seat in seats) if sheets else ():
        if (bid, seat) not in sheets:
            raise IntegrityBroken(what=f"the sheet of {seat} for bid {bid} is missing")


def ranking_follows_rulebook(evidence: Evidence) -> str:
    """Evaluating the case again by the published rulebook gives the published ranking, figure by figure."""
    prices, winners = price_units(evidence), []
    if opens_in_stages(evidence.terms):
        check_review(evidence)
    for lot_id, body in evidence.cases.items():
        in_lot = {line["bid"] for line in evidence.opening["bids"] if line["lot"] == lot_id}
        if {bid["bid_id"]: bid["price"] for bid in body["bids"]} != {
            bid: prices.get(bid) for bid in in_lot & bids_at_work(evidence)
        }:
            raise IntegrityBroken(what="the case does not hold exactly the opened bids with their prices")
        check_against_opening(evidence, body)
        case = read_case(body)
        ranking = evaluate(case)
        if write_ranking(ranking) != evidence.rankings[lot_id] or write_case(case) != body:
            raise IntegrityBroken(what=f"the ranking of lot {lot_id} is not what the rulebook gives")
        winners += [line.bid.bidder_name for line in ranking.lines[:1]]
    whole = digest_of({lot: digest_of(body) for lot, body in evidence.rankings.items()})
    made = evidence.of_kind("ranking.made", "ranking.voided")
    if not made or made[-1][1].kind != "ranking.made" or made[-1][1].data["ranking"] != whole:
        raise IntegrityBroken(what="the rankings together are not the logged ones")
    return "first: " + ", ".join(winners)


def check_against_opening(evidence: Evidence, body: Mapping[str, Any]) -> None:
    """Answers and receipt of each bid are those of its opening; a corrected price was confirmed and accepted."""
    record = evidence.opening
    scale = PriceScale(record["currency"], record["price_places"])
    lines, agreed = {line["bid"]: line for line in record["bids"]}, corrections(evidence, scale.places)
    asked, said = answer_fields(read_rulebook(body["rulebook"])), opened_json(evidence)
    for bid in body["bids"]:
        line = lines[bid["bid_id"]]
        announced = said.get(bid["bid_id"], b"{}")
        stated = stated_answers(asked, read_announced(announced, scale).answers)
        opened = {id: read_answer(asked[id], value) for id, value in stated.items()}
        kept = {id: read_answer(asked[id], value) for id, value in bid["answers"].items()}
        if kept != opened or read_time(bid["received_at"]) != read_time(line["received_at"]):
            raise IntegrityBroken(
                what=f"the case gives the bid {bid['bid_id']} other answers than its opening"
            )
        if bid["corrected_price"] != agreed.get(bid["bid_id"]):
            raise IntegrityBroken(
                what=f"the corrected price of the bid {bid['bid_id']} is not the one agreed on"
            )


def corrections(evidence: Evidence, places: int) -> dict[str, str]:
    """The corrected prices that bidders confirmed and the panel accepted, by bid, as the log tells."""
    asked = {fact.subject: fact.data for _, fact in evidence.of_kind("clarification.asked")}
    confirmed = {
        fact.subject for _, fact in evidence.of_kind("clarification.answered") if fact.data["confirms"]
    }
    ruled = {fact.subject: fact.data["ruling"] for _, fact in evidence.of_kind("clarification.ruled")}
    return {
        data["bid"]: write_units(int(data["corrected_price"]), places)
        for id, data in asked.items()
        if data["corrected_price"] is not None and id in confirmed and ruled.get(id) == "accepted"
    }


def report_is_logged(evidence: Evidence) -> str:
    """The evaluation report, in each of its forms, is the one that was logged, and is about this ranking."""
    check_forms(evidence, "report.made", REPORT_FORMS)
    told = next(part for part in evidence.capsule.json("report.json")["parts"] if part["id"] == "facts")
    named = {lot["lot"]: lot["ranking_digest"] for lot in told["content"]["lots"]}
    if set(named) != set(evidence.rankings):
        raise IntegrityBroken(what="the report is not about the lots of the notice")
    for lot, ranking in evidence.rankings.items():
        if named[lot] != digest_of(ranking):
            raise IntegrityBroken(what=f"the report is about another ranking of the lot {lot}")
    return ", ".join(REPORT_FORMS.values())


def check_forms(evidence: Evidence, kind: str, forms: Mapping[str, str]) -> None:
    """Every form is in the capsule as its last fact names it."""
    made = evidence.of_kind(kind)
    if not made:
        raise IntegrityBroken(what=f"the log has no {kind} of this tender")
    logged = made[-1][1].data
    for form, name in forms.items():
        part = evidence.capsule.parts.get(name)
        if part is None or logged.get(form) != parts_digest(part).hex():
            raise IntegrityBroken(what=f"{name} is not the one that was logged")


def report_was_signed(evidence: Evidence) -> str:
    """Every member's line under the report is what the member decided; who is silent was given the time."""
    report = parts_digest(evidence.capsule.parts["report.json"]).hex()
    signed = {
        fact.data["seat"]: fact.data
        for _, fact in evidence.of_kind("report.signed")
        if fact.data["report"] == report
    }
    if SIGNATURE_FORMS["sign-json"] not in evidence.capsule.parts and not evidence.of_kind("report.closed"):
        raise NotProven("the panel may still sign; the capsule has the signatures once they are closed")
    check_forms(evidence, "report.closed", SIGNATURE_FORMS)
    form = evidence.capsule.json("signatures.json")
    if form["report"] != report:
        raise IntegrityBroken(what="the signatures are about another report")
    counted = work_that_counted(evidence)
    seats = frozenset(seat for work in counted.values() for seat in work.seats)
    if sorted(line["seat"] for line in form["members"]) != sorted(seats):
        raise IntegrityBroken(what="the form does not list exactly the members of the panel")
    closed_at = evidence.of_kind("report.closed")[-1][1].at
    for line in form["members"]:
        check_signature(line, signed.get(line["seat"]), closed_at >= read_time(form["sign_until"]))
    dissent = sum(line["counts_as"] == DISSENT for line in form["members"])
    return f"{len(signed)} of {len(seats)} members answered, {dissent} dissent"


def check_signature(line: Mapping[str, Any], fact: Mapping[str, Any] | None, is_over: bool) -> None:
    """One line of the form against the logged decision of its member."""
    seat, text = line["seat"], line["text"]
    if line["counts_as"] != counts_as(line["decision"], text):
        raise IntegrityBroken(what=f"the decision of {seat} counts otherwise")
    if fact is None:
        if line["decision"] != SILENT or text or not is_over:
            raise IntegrityBroken(what=f"the log has no decision of {seat}")
        return
    if (fact["decision"], fact["text"]) != (line["decision"], words_digest(text) if text else None):
        raise IntegrityBroken(what=f"the decision of {seat} is not the one that was logged")


def award_follows_ranking(evidence: Evidence) -> str:
    """The award went to the candidate that the ranking puts first."""
    if not evidence.of_kind("award.made"):
        raise NotProven("no award is recorded in this capsule")
    raise NotProven("this verifier does not know awards yet; use a newer one")


def witnesses_cosigned(evidence: Evidence) -> str:
    """Witnesses whom the reader trusts signed a head of the log that contains the capsule's."""
    head = evidence.head
    if not evidence.witnesses or evidence.cosigned is None:
        raise NotProven("no witness key or no cosigned head was given; pass --witness and --cosigned")
    note = str(evidence.cosigned["checkpoint"])
    signed = read_checkpoint(note, evidence.keys["log_vkey"])
    names = check_quorum(note, evidence.witnesses, len(evidence.witnesses))
    way = [unb64(step, length=32) for step in evidence.cosigned["consistency"]]
    verify_consistency(head.size, signed.size, way, head.root, signed.root)
    return f"{', '.join(sorted(names))}: a log of {signed.size} entries"
