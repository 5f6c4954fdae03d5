"""The claim about findings: those in the report are the ones logged about this ranking, with their reasons."""

from typing import Any

from client.claims import Evidence, NotProven, digest_of
from client.claims_result import check_forms
from evaluation.signed_work import words_digest
from kernel.errors import IntegrityBroken


def findings_are_logged(evidence: Evidence) -> str:
    """Each lot's findings have the logged digest; each reason of a member is the one that was logged."""
    made = {fact.subject: fact.data for _, fact in evidence.of_kind("findings.made")}
    if not made:
        raise NotProven("no findings were logged up to this head; a capsule after the signatures has them")
    check_forms(evidence, "report.made", {"json": "report.json"})
    annexes = evidence.capsule.json("report.json")["annexes"]
    content = next(one["content"] for one in annexes if one["id"] == "findings")
    told: dict[str, Any] = {lot["lot"]: lot["findings"] for lot in content}
    if set(told) != set(evidence.rankings):
        raise IntegrityBroken(what="the findings are not about the lots of the notice")
    for lot, findings in told.items():
        ranking = digest_of(evidence.rankings[lot])
        if lot not in made or dict(made[lot]) != {"findings": digest_of(findings), "ranking": ranking}:
            raise IntegrityBroken(what=f"the findings about lot {lot} are not the ones that were logged")
    figures = [one for findings in told.values() for one in findings["outliers"]["figures"]]
    return f"{len(told)} lots, {check_reasons(evidence, figures)} reasons of members"


def check_reasons(evidence: Evidence, figures: list[dict[str, str]]) -> int:
    """How many figures have a reason; each was logged, with the member who gave it."""
    names = ("seat", "bid", "level", "target", "reason")
    logged = {tuple(fact.data[name] for name in names) for _, fact in evidence.of_kind("outlier.explained")}
    given = [one for one in figures if one["reason"]]
    for one in given:
        line = (one["seat"], one["bid_id"], one["level"], one["target"], words_digest(one["reason"]))
        if line not in logged:
            raise IntegrityBroken(what=f"the reason of {one['seat']} is not the one that was logged")
    return len(given)
