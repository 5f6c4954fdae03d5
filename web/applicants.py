"""Applicants over JSON: register, take over a case by its code, ask for a pre-check, confirm what staff filled in."""

from typing import Any

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.actions import NewApplicant, register_applicant
from accounts.credentials import Scope
from accounts.duties import Duty
from approval.actions import own_cases
from approval.queries import views
from approval.records.cases import CaseRecord
from storage.adapters import Adapters
from web.guards import adapters_of, caller
from web.routes import post
from web.shapes import Shape
from web.tracking import check_slip


class ApplicantRequest(Shape):
    """Who registers."""

    name: str
    sign_in: str
    password: str = msgspec.field()


class ClaimRequest(Shape):
    """Number and code of the slip."""

    number: str
    code: str


@post("/api/applicants")
def register(request: Request[Any, Any, Any], data: JSONBody[ApplicantRequest]) -> dict[str, str]:
    """Register oneself to apply. A repetition is refused, since the name is taken then."""
    return {"id": new_applicant(adapters_of(request), NewApplicant(data.name, data.sign_in, data.password))}


def new_applicant(adapters: Adapters, command: NewApplicant) -> str:
    """One registration in its own transaction."""
    with adapters.database.transaction() as session:
        return register_applicant(session, command=command, now=adapters.clock.now())


@post("/api/claims", status_code=200)
def claim(request: Request[Any, Any, Any], data: JSONBody[ClaimRequest]) -> dict[str, str]:
    """Take a case that a window opened into one's own account."""
    found = caller(request)
    actor = found.may(Scope.APPLY)
    actor.require(Duty.APPLICANT)
    adapters = adapters_of(request)
    check_slip(adapters, data.number, data.code)
    with adapters.database.transaction() as session:
        case = own_cases.claim_case(
            session,
            actor=actor,
            keys=adapters.keys,
            number=data.number,
            code=data.code,
            now=adapters.clock.now(),
        )
        return {"id": case.id, "number": case.number}


@post("/api/cases/{case_id:str}/pre-check", status_code=200)
def ask_pre_check(request: Request[Any, Any, Any], case_id: FromPath[str]) -> dict[str, bool]:
    """预审: ask the window to look at a draft; no clock starts."""
    actor = caller(request).may(Scope.APPLY)
    actor.require(Duty.APPLICANT)
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        own_cases.ask_pre_check(session, actor=actor, case_id=case_id, now=adapters.clock.now())
    return {"asked": True}


@post("/api/cases/{case_id:str}/confirmation", status_code=200)
def confirm(request: Request[Any, Any, Any], case_id: FromPath[str]) -> dict[str, bool]:
    """帮办: confirm what staff filled in."""
    actor = caller(request).may(Scope.APPLY)
    actor.require(Duty.APPLICANT)
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        case: CaseRecord = views.case_for(session, actor, case_id)
        own_cases.confirm_filled(session, case_id=case.id, now=adapters.clock.now())
    return {"confirmed": True}


ROUTES = [register, claim, ask_pre_check, confirm]
