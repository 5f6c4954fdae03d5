"""The claim about an evaluation's draws: coefficients, samples and ties came from the log, once, and were used."""

from dataclasses import replace
from typing import Any

from client.claims import Evidence, digest_of, exactly
from crypto.canonical import unb64
from crypto.merkle import verify_consistency
from evaluation.case import EvaluationCase, read_case
from evaluation.drawing import (
    FORMULA,
    FROZEN,
    TIES,
    CheckedDraw,
    check_transcript,
    formula_items,
    ties_that_matter,
    with_formula,
    with_ties,
)
from evaluation.evaluate import evaluate
from evaluation.result import ranking_digest
from evaluation.rulebook import rulebook_digest
from kernel.errors import IntegrityBroken


def draws_came_from_the_log(evidence: Evidence) -> str:
    """Whatever chance decided in the evaluation was frozen, logged, and drawn with the root that came after."""
    opened = evidence.one("opening.recorded")[0]
    count = 0
    for lot_id, body in evidence.cases.items():
        case = read_case(body)
        checked = {(one.request.stage, one.request.rests_on): one for one in _drawn(evidence, lot_id)}
        if any(one.index < opened for one in checked.values()):
            raise IntegrityBroken(what="a draw was frozen before the bids were opened")
        count += _check_lot(case, checked)
    return f"{count} draws decided something" if count else "the rulebook left nothing to chance"


def _drawn(evidence: Evidence, lot_id: str) -> list[CheckedDraw]:
    """The draws of a lot, each recomputed and tied to the log; none is missing, none was tried twice."""
    frozen = {
        fact.subject: (index, fact.data)
        for index, fact in evidence.of_kind(FROZEN)
        if fact.data["lot"] == lot_id
    }
    rests = [(data["stage"], data["rests_on"]) for _, data in frozen.values()]
    if len(set(rests)) != len(rests):
        raise IntegrityBroken(what="the same draw was frozen twice")
    drawn = {
        fact.subject: fact.data["record"]
        for _, fact in evidence.of_kind("evaluation-draw.drawn")
        if fact.subject in frozen
    }
    found = [_check_record(evidence, line) for line in evidence.capsule.json(f"lots/{lot_id}/draws.json")]
    for one, digest in found:
        index, data = frozen.get(one.request.draw_id, (-1, {}))
        told = (one.index, one.request.lot_id, one.request.stage, one.request.rests_on, digest)
        logged = (index, lot_id, data.get("stage"), data.get("rests_on"), drawn.pop(one.request.draw_id, ""))
        if told != logged:
            raise IntegrityBroken(what=f"the draw {one.request.draw_id} is not the one that was logged")
    if drawn:
        raise IntegrityBroken(what=f"the draw {min(drawn)} is missing")
    return [one for one, _ in found]


def _check_record(evidence: Evidence, line: Any) -> tuple[CheckedDraw, str]:
    """One draw and the digest of its record; its tree is the beginning of the log's."""
    exactly(line, "record", "consistency")
    checked = check_transcript(line["record"])
    way = [unb64(step, length=32) for step in line["consistency"]]
    verify_consistency(checked.size, evidence.head.size, way, checked.root, evidence.head.root)
    return checked, digest_of(line["record"])


def _check_lot(case: EvaluationCase, draws: dict[tuple[str, str], CheckedDraw]) -> int:
    """The case holds exactly what the draws of its rulebook, and of the ranking that left ties, gave."""
    bare, used = replace(case, drawn=replace(case.drawn, coefficients={}, samples={}, ties=())), 0
    wanted = formula_items(case.rulebook, [bid.bid_id for bid in case.bids])
    if wanted:
        draw = draws.get((FORMULA, rulebook_digest(case.rulebook)))
        if draw is None or draw.request.items != wanted:
            raise IntegrityBroken(
                what="the coefficients and samples of the rulebook were not drawn as it says"
            )
        bare, used = with_formula(bare, wanted, draw.result), 1
    ranking = evaluate(bare)
    ties = ties_that_matter(ranking)
    if ties:
        draw = draws.get((TIES, ranking_digest(ranking)))
        if draw is None or draw.request.items != ties:
            raise IntegrityBroken(what="equal bids were not drawn")
        bare, used = with_ties(bare, draw.result), used + 1
    if bare.drawn != case.drawn:
        raise IntegrityBroken(what="the case does not hold what was drawn")
    return used
