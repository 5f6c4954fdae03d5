"""Which acts somebody may do on a case now: the table, their capacity, and what the case leaves open."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from approval.actions.doing import Doing, take_role
from approval.item import ItemVersion, Mode, StepKind
from approval.lifecycle import TRANSITIONS, Act, Role, Rule, State
from approval.queries import cases
from approval.records.cases import CaseRecord
from kernel.errors import NoPower, NotAllowed, NotOnDuty
from kernel.working_days import Calendar, business_day

FITS: Mapping[Act, Callable[[CaseRecord, ItemVersion], bool]] = {
    Act.FINISH_INSTANT: lambda case, version: version.mode is Mode.INSTANT,
    Act.ANSWER: lambda case, version: version.mode is Mode.PROHIBITED,
    Act.ACCEPT: lambda case, version: version.mode is not Mode.PROHIBITED,
    Act.STOP: lambda case, version: not case.is_stopped,
    Act.RESUME: lambda case, version: case.is_stopped,
    Act.PASS_STEP: lambda case, version: not case.is_stopped,
    Act.GRANT: lambda case, version: not case.is_stopped,
    Act.REFUSE: lambda case, version: not case.is_stopped,
    Act.EXTEND: lambda case, version: not (case.extended_days or case.is_stopped),
    Act.SEND_BACK: lambda case, version: case.step > 0,
    Act.DELIVER: lambda case, version: (
        case.state != State.GRANTED or all(step.kind is not StepKind.CERTIFY for step in version.steps)
    ),
}
"""What an act needs of the case beside its state; acts that are not here need nothing more."""


def allowed_acts(
    session: Session, *, actor: Actor, case: CaseRecord, calendar: Calendar, now: datetime
) -> dict[Act, tuple[Rule, Role]]:
    """The acts with their rule and the capacity in which somebody would do them; a forecast, never a permission."""
    version = cases.version(session, case.version_id)
    found: dict[Act, tuple[Rule, Role]] = {}
    for (state, what), rule in TRANSITIONS.items():
        if state != case.state or not FITS.get(what, _always)(case, version):
            continue
        doing = Doing(session, case, version, what, {}, actor, calendar, business_day(now), now)
        try:
            found[what] = (rule, take_role(doing, rule))
        except (NoPower, NotAllowed, NotOnDuty):
            continue
    return found


def _always(case: CaseRecord, version: ItemVersion) -> bool:
    return True
