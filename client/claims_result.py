"""Claims about the panel, the ranking and the report."""

from hashlib import sha256
from typing import Any

from client.claims import Evidence, NotProven, digest_of
from client.claims_bids import price_units
from crypto.parts_digest import parts_digest
from evaluation.case import case_digest, read_case
from evaluation.evaluate import evaluate
from evaluation.result import ranking_digest, write_ranking
from expert_pool.transcript import check_transcript
from kernel.errors import IntegrityBroken

REPORT_FORMS = {"json": "report.json", "pdf-zh": "report.zh.pdf", "pdf-en": "report.en.pdf"}


def panel_was_drawn(evidence: Evidence) -> str:
    """The panel is what the public draw gives for the frozen request and the revealed secrets."""
    record = evidence.capsule.json("draw.json")
    panel = check_transcript(record)
    _, requested = evidence.one("draw.requested")
    _, drawn = evidence.one("panel.drawn")
    if record["request_hash"] != requested.data["request"] or digest_of(record) != drawn.data["record"]:
        raise IntegrityBroken(what="the draw record is not the one that was logged")
    said = {line["party"]: line["commitment"] for line in record["commitments"]}
    logged = {fact.data["party"]: fact.data["commitment"] for _, fact in evidence.of_kind("draw.committed")}
    if said != logged:
        raise IntegrityBroken(what="the commitments of the draw are not the logged ones")
    last_commitment = max(index for index, _ in evidence.of_kind("draw.committed"))
    if last_commitment > min(index for index, _ in evidence.of_kind("draw.revealed")):
        raise IntegrityBroken(what="a secret was revealed before every party had committed")
    return f"{len(panel.seats)} seats, {len(said)} parties, {requested.data['experts']} experts in the pool"


def sheets_were_signed(evidence: Evidence) -> str:
    """Every vote and sheet in the case is one that a member handed in before the ranking."""
    votes = {
        (fact.subject, fact.data["seat"]): fact.data["votes"]
        for _, fact in evidence.of_kind("compliance.voted")
    }
    sheets = {
        (fact.subject, fact.data["seat"]): fact.data["sheet"] for _, fact in evidence.of_kind("sheet.signed")
    }
    seats = {f"seat-{n}" for n in range(1, evidence.one("panel.drawn")[1].data["seats"] + 1)}
    count = 0
    for lot_id, case in cases(evidence).items():
        cast: dict[str, list[Any]] = {}
        for vote in case["votes"]:
            cast.setdefault(vote["member"], []).append(
                [vote["bid_id"], vote["check"], vote["passed"], vote["reason"]]
            )
        for member, lines in cast.items():
            if member not in seats or votes.get((lot_id, member)) != digest_of(sorted(lines, key=str)):
                raise IntegrityBroken(what=f"the votes of {member} are not the ones handed in")
        for sheet in case["sheets"]:
            if sheet["member"] not in seats or sheets.get((sheet["bid_id"], sheet["member"])) != digest_of(
                sheet
            ):
                raise IntegrityBroken(
                    what=f"the sheet of {sheet['member']} for bid {sheet['bid_id']} is not as signed"
                )
            count += 1
    return f"{count} signed sheets of {len(seats)} members"


def ranking_follows_rulebook(evidence: Evidence) -> str:
    """Evaluating the case again by the published rulebook gives the published ranking, figure by figure."""
    prices, winners = price_units(evidence), []
    ranked = {fact.subject: fact.data for _, fact in evidence.of_kind("lot.ranked")}
    lots = [str(lot["id"]) for lot in evidence.notice["lots"]]
    if sorted(ranked) != sorted(lots):
        raise IntegrityBroken(what="the log does not rank exactly the lots of the notice")
    for lot_id, body in cases(evidence).items():
        if body["rulebook"] != evidence.notice["rulebook"]:
            raise IntegrityBroken(what="the case was evaluated by another rulebook than the published one")
        in_lot = {line["bid"] for line in evidence.opening["bids"] if line["lot"] == lot_id}
        if {bid["bid_id"]: bid["price"] for bid in body["bids"]} != {bid: prices[bid] for bid in in_lot}:
            raise IntegrityBroken(what="the case does not hold exactly the opened bids with their prices")
        case = read_case(body)
        ranking = evaluate(case)
        if write_ranking(ranking) != evidence.capsule.json(f"lots/{lot_id}/ranking.json"):
            raise IntegrityBroken(what=f"the ranking of lot {lot_id} is not what the rulebook gives")
        if ranked[lot_id] != {"case": case_digest(case), "ranking": ranking_digest(ranking)}:
            raise IntegrityBroken(what=f"the ranking of lot {lot_id} is not the logged one")
        winners += [line.bid.bidder_name for line in ranking.lines[:1]]
    whole = sha256_of_rankings(evidence, lots)
    if evidence.one("ranking.made")[1].data["ranking"] != whole:
        raise IntegrityBroken(what="the rankings together are not the logged ones")
    return "first: " + ", ".join(winners)


def sha256_of_rankings(evidence: Evidence, lots: list[str]) -> str:
    """The digest over all lots' ranking digests."""
    return digest_of(
        {lot: sha256(evidence.capsule.parts[f"lots/{lot}/ranking.json"]).hexdigest() for lot in lots}
    )


def cases(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """The evaluation case of each lot of the notice."""
    found = {
        str(lot["id"]): evidence.capsule.json(f"lots/{lot['id']}/case.json")
        for lot in evidence.notice["lots"]
    }
    for lot_id, case in found.items():
        if (case["tender_id"], case["lot_id"]) != (evidence.capsule.tender_id, lot_id):
            raise IntegrityBroken(what=f"the case of lot {lot_id} is another lot's")
    return found


def report_is_logged(evidence: Evidence) -> str:
    """The evaluation report, in each of its forms, is the one that was logged."""
    logged = evidence.one("report.made")[1].data
    for form, name in REPORT_FORMS.items():
        part = evidence.capsule.parts.get(name)
        if part is None or logged.get(form) != parts_digest(part).hex():
            raise IntegrityBroken(what=f"{name} is not the report that was logged")
    return ", ".join(REPORT_FORMS.values())


def award_follows_ranking(evidence: Evidence) -> str:
    """The award went to the candidate that the ranking puts first."""
    if not evidence.of_kind("award.made"):
        raise NotProven("no award is recorded in this capsule")
    raise NotProven("this verifier does not know awards yet; use a newer one")


def witnesses_cosigned(evidence: Evidence) -> str:
    """Independent witnesses saw the same log head."""
    lines = evidence.text("log/head").rpartition("\n\n")[2].strip().split("\n")
    raise NotProven(f"the head carries {len(lines)} signature, the log's own; no witness key was given")
