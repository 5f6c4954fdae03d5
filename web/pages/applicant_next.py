"""What an applicant has to do next, in one word per situation, from what the case page shows."""

from collections.abc import Sequence
from typing import Any

from approval.item import OnlineMode
from approval.lifecycle import RUNNING, State
from approval.records.cases import CaseRecord

BY_STATE = {
    State.RECEIVED: "wait_answer",
    State.CORRECTING: "complete",
    State.GRANTED: "wait_certificate",
    State.REFUSED: "collect",
    State.CERTIFIED: "collect",
    State.DONE: "rate",
}


def next_step(case: CaseRecord, papers: Sequence[dict[str, Any]]) -> str:
    """The word of what comes next; `label("next")` says it."""
    state = State(case.state)
    if state is State.DRAFT:
        if case.project_id:
            return "project"
        return _next_of_draft(case, papers)
    if state in RUNNING:
        return "stopped" if case.is_stopped else "wait"
    return BY_STATE.get(state, "none")


def _next_of_draft(case: CaseRecord, papers: Sequence[dict[str, Any]]) -> str:
    if case.service_mode == "helped" and "confirmed_at" not in case.facts:
        return "confirm"
    checked = case.facts.get("pre_checked")
    if checked is True:
        return "bring_originals"
    asked = "pre_check_asked_at" in case.facts
    if asked and checked is None:
        return "wait_pre_check"
    if asked:
        return "correct_pre_check"
    if any(paper["is_missing"] and paper["is_main"] for paper in papers):
        return "upload"
    return "ask_pre_check" if case.online_mode == OnlineMode.PRE_CHECKED else "hand_in"
