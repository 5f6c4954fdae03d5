"""The states of a case and what may happen in each, as one table that a jurist can read.

Inner work follows the item's own step list, so a row that says `BY_STEP` leads to the state of the next step. A
stopped clock is not a state (it is an open stop), a card is not a state, and 超时默认 is an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from approval.item import StepKind
from kernel.errors import WrongCaseState


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    RECEIVED = "received"
    CORRECTING = "correcting"
    NOT_ACCEPTED = "not_accepted"
    REVIEWING = "reviewing"
    EXAMINING = "examining"
    DECIDING = "deciding"
    FORWARDED = "forwarded"
    GRANTED = "granted"
    REFUSED = "refused"
    CERTIFIED = "certified"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    ANSWERED = "answered"


class Act(StrEnum):
    """What can happen to a case."""

    APPLY = "apply"
    PRE_CHECK = "pre_check"
    RECEIVE = "receive"
    ADD_MATERIAL = "add_material"
    TELL_MISSING = "tell_missing"
    SUPPLEMENT = "supplement"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem_accepted"
    NOT_ACCEPT = "not_accept"
    FINISH_INSTANT = "finish_instant"
    GIVE_LIMIT = "give_limit"
    PASS_STEP = "pass_step"  # noqa: S105 - an act, not a password
    SEND_BACK = "send_back"
    STOP = "stop"
    RESUME = "resume"
    EXTEND = "extend"
    FORWARD_REPLY = "forward_reply"
    GRANT = "grant"
    REFUSE = "refuse"
    PASS_BY_DEFAULT = "pass_by_default"  # noqa: S105 - an act, not a password
    CERTIFY = "certify"
    DELIVER = "deliver"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    END = "end"
    URGE = "urge"
    HAND_OVER = "hand_over"
    CORRECT = "correct"
    RECOMPUTE = "recompute"
    REPORT = "report"  # told by another network; never done here


class Role(StrEnum):
    """In what capacity somebody acts on a case."""

    APPLICANT = "applicant"
    WINDOW = "window"
    OFFICER = "officer"  # holds the post of the case's current step
    LEADER = "leader"
    CHIEF = "chief"  # chief representative by mandate
    LEAD = "lead"  # lead department of the project, or the centre
    SYSTEM = "system"


BY_STEP = None
"""The state of the item's next step."""

STATE_OF_STEP: Mapping[StepKind, State] = {
    StepKind.REVIEW: State.REVIEWING,
    StepKind.EXPERT_REVIEW: State.REVIEWING,
    StepKind.PUBLICITY: State.REVIEWING,
    StepKind.EXAMINE: State.EXAMINING,
    StepKind.FORWARD: State.FORWARDED,
    StepKind.DECIDE: State.DECIDING,
    StepKind.CERTIFY: State.GRANTED,
}


@dataclass(frozen=True)
class Rule:
    """What an act leads to, in which capacities it may be done, and the clause it stands on."""

    to: State | None
    roles: frozenset[Role]
    clause: str
    stays: bool = False  # the case stays where it is


def _rule(to: State | None, clause: str, *roles: Role, stays: bool = False) -> Rule:
    return Rule(to, frozenset(roles), clause, stays)


STAFF = (Role.WINDOW, Role.OFFICER, Role.CHIEF)
RUNNING = (State.REVIEWING, State.EXAMINING, State.DECIDING, State.FORWARDED)
BEFORE_DECISION = (State.RECEIVED, State.CORRECTING, *RUNNING)
OPEN = (*BEFORE_DECISION, State.GRANTED, State.REFUSED, State.CERTIFIED)
CLOSED = (State.NOT_ACCEPTED, State.DONE, State.WITHDRAWN, State.ENDED, State.ANSWERED)
LAW = "Administrative Licensing Law art. "

TRANSITIONS: Mapping[tuple[State, Act], Rule] = {
    (State.DRAFT, Act.PRE_CHECK): _rule(State.DRAFT, LAW + "33", Role.WINDOW, Role.OFFICER, stays=True),
    (State.DRAFT, Act.ADD_MATERIAL): _rule(State.DRAFT, LAW + "31", Role.APPLICANT, Role.WINDOW, stays=True),
    (State.DRAFT, Act.APPLY): _rule(State.RECEIVED, LAW + "29", Role.APPLICANT, Role.WINDOW, Role.LEAD),
    (State.DRAFT, Act.WITHDRAW): _rule(State.WITHDRAWN, LAW + "29", Role.APPLICANT, Role.WINDOW),
    (State.RECEIVED, Act.ADD_MATERIAL): _rule(
        State.RECEIVED, LAW + "31", Role.APPLICANT, Role.WINDOW, stays=True
    ),
    (State.RECEIVED, Act.TELL_MISSING): _rule(State.CORRECTING, LAW + "32(4)", *STAFF, Role.LEAD),
    (State.RECEIVED, Act.ACCEPT): _rule(BY_STEP, LAW + "32(5)", *STAFF, Role.LEAD),
    (State.RECEIVED, Act.DEEM_ACCEPTED): _rule(BY_STEP, LAW + "32(4)", Role.SYSTEM),
    (State.RECEIVED, Act.NOT_ACCEPT): _rule(State.NOT_ACCEPTED, LAW + "32(1)(2)", *STAFF),
    (State.RECEIVED, Act.FINISH_INSTANT): _rule(State.DONE, LAW + "34", Role.WINDOW, Role.CHIEF),
    (State.RECEIVED, Act.ANSWER): _rule(State.ANSWERED, LAW + "32(1)", *STAFF),
    (State.CORRECTING, Act.ADD_MATERIAL): _rule(
        State.CORRECTING, LAW + "31", Role.APPLICANT, Role.WINDOW, stays=True
    ),
    (State.CORRECTING, Act.SUPPLEMENT): _rule(
        State.RECEIVED, LAW + "32(4)", Role.APPLICANT, Role.WINDOW, Role.LEAD
    ),
    (State.CORRECTING, Act.END): _rule(State.ENDED, LAW + "32(4)", Role.WINDOW, Role.CHIEF),
    **{
        (state, Act.PASS_STEP): _rule(BY_STEP, LAW + "34", Role.OFFICER, Role.CHIEF)
        for state in (State.REVIEWING,)
    },
    (State.EXAMINING, Act.PASS_STEP): _rule(BY_STEP, LAW + "34", Role.OFFICER, Role.LEADER),
    (State.FORWARDED, Act.FORWARD_REPLY): _rule(BY_STEP, LAW + "35", Role.OFFICER, Role.WINDOW),
    (State.EXAMINING, Act.SEND_BACK): _rule(BY_STEP, LAW + "34", Role.OFFICER, Role.LEADER),
    (State.DECIDING, Act.SEND_BACK): _rule(BY_STEP, LAW + "34", Role.LEADER, Role.CHIEF),
    (State.DECIDING, Act.GRANT): _rule(State.GRANTED, LAW + "38(1)", Role.CHIEF, Role.LEADER),
    (State.DECIDING, Act.REFUSE): _rule(State.REFUSED, LAW + "38(2)", Role.CHIEF, Role.LEADER),
    **{(state, Act.STOP): _rule(state, LAW + "45", *STAFF, Role.LEADER, stays=True) for state in RUNNING},
    **{(state, Act.RESUME): _rule(state, LAW + "45", *STAFF, Role.LEADER, stays=True) for state in RUNNING},
    **{(state, Act.EXTEND): _rule(state, LAW + "42", Role.LEADER, stays=True) for state in RUNNING},
    **{
        (state, Act.GIVE_LIMIT): _rule(state, LAW + "42", *STAFF, stays=True)
        for state in (State.RECEIVED, *RUNNING)
    },
    **{
        (state, Act.PASS_BY_DEFAULT): _rule(state, "Timeout default (超时默认制)", Role.SYSTEM, stays=True)
        for state in RUNNING
    },
    **{
        (state, Act.ADD_MATERIAL): _rule(state, LAW + "31", Role.APPLICANT, Role.WINDOW, stays=True)
        for state in RUNNING
    },
    (State.GRANTED, Act.CERTIFY): _rule(State.CERTIFIED, LAW + "39", *STAFF),
    (State.GRANTED, Act.DELIVER): _rule(State.DONE, LAW + "44", Role.WINDOW, Role.CHIEF, Role.LEAD),
    (State.REFUSED, Act.DELIVER): _rule(State.DONE, LAW + "44", Role.WINDOW, Role.CHIEF, Role.LEAD),
    (State.CERTIFIED, Act.DELIVER): _rule(State.DONE, LAW + "44", Role.WINDOW, Role.CHIEF, Role.LEAD),
    **{
        (state, Act.WITHDRAW): _rule(State.WITHDRAWN, LAW + "29", Role.APPLICANT) for state in BEFORE_DECISION
    },
    **{
        (state, Act.END): _rule(State.ENDED, "Commitment not kept (容缺承诺)", *STAFF, Role.SYSTEM)
        for state in RUNNING
    },
    **{
        (state, Act.URGE): _rule(state, "Supervision by the lead (督办)", Role.LEAD, stays=True)
        for state in BEFORE_DECISION
    },
    **{
        (state, Act.HAND_OVER): _rule(state, "First contact (首问负责制)", *STAFF, stays=True)
        for state in OPEN
    },
    (State.DONE, Act.CORRECT): _rule(State.DONE, LAW + "69", Role.LEADER, stays=True),
    **{
        (state, Act.RECOMPUTE): _rule(state, LAW + "82", Role.SYSTEM, stays=True) for state in BEFORE_DECISION
    },
}


def rule_of(state: State, act: Act) -> Rule:
    """The rule of an act in a state.

    Raises:
        WrongCaseState: the table does not have it; the error lists what it has.
    """
    try:
        return TRANSITIONS[state, act]
    except KeyError:
        allowed = ", ".join(sorted(a for s, a in TRANSITIONS if s is state)) or "none"
        raise WrongCaseState(act=act, state=state, allowed=allowed) from None
