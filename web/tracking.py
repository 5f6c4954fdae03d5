"""Following a case or a project by number and code, sent in the body so that no log or history keeps the code."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.params import FromQuery, JSONBody
from litestar.response import Stream

from accounts.actions import check_guess
from approval.actions.own_cases import code_fits, confirm_filled
from approval.queries import cases, tracking
from approval.records.cases import CaseRecord, ProjectRecord
from kernel.errors import NotFound
from storage.adapters import Adapters
from storage.database import Session
from web.cases import send_object
from web.guards import adapters_of
from web.routes import get, post
from web.shapes import Shape

CASES_ON_SCREEN = 12
CALLED_ON_SCREEN = 6


class TrackRequest(Shape):
    """Number and code of the slip."""

    number: str
    code: str


class LetterRequest(Shape):
    """Number and code of the slip, and which letter, such as `acceptance-4`."""

    number: str
    code: str
    letter: str


@dataclass(frozen=True)
class Found:
    """What a number stands for."""

    case: CaseRecord | None = None
    project: ProjectRecord | None = None


def find(session: Session, adapters: Adapters, number: str, code: str) -> Found | None:
    """The case or project behind number and code; None alike for a wrong number and a wrong code."""
    wanted = number.strip().upper()[:40]
    case = cases.case_by_number(session, wanted)
    project = None if case else tracking.project_by_number(session, wanted)
    owner = case or project
    if owner is None:
        code_fits(adapters.keys, wanted, bytes(32), code)  # so that it takes as long
        return None
    return Found(case, project) if code_fits(adapters.keys, owner.id, owner.code_hash, code) else None


def check_slip(adapters: Adapters, number: str, code: str) -> Found:
    """The case or project of a slip.

    Raises:
        NotFound: number and code do not fit; the wrong guess is kept.
        RateLimited: too many wrong guesses for this number lately.
    """
    with adapters.database.transaction() as session:
        found = find(session, adapters, number, code)
        about = number.strip().upper()
        check_guess(session, about=about, is_right=found is not None, now=adapters.clock.now())
    if found is None:
        raise NotFound(what="case", id=number.strip()[:40])
    return found


def track_case(adapters: Adapters, number: str, code: str) -> dict[str, Any]:
    """Where a case or project stands; raises as `check_slip` does."""
    return seen(adapters, check_slip(adapters, number, code))


def seen(adapters: Adapters, found: Found) -> dict[str, Any]:
    """What whoever holds number and code may see."""
    with adapters.database.reading() as session:
        if found.case:
            return tracking.case_seen(session, cases.case(session, found.case.id))
        assert found.project is not None
        return tracking.project_seen(session, found.project)


def letter_of(adapters: Adapters, number: str, code: str, name: str) -> Stream:
    """A letter of the case as PDF."""
    found = check_slip(adapters, number, code)
    with adapters.database.reading() as session:
        rows = cases.letters(session, found.case.id) if found.case else []
    row = next((row for row in rows if f"{row.kind}-{row.sequence}" == name), None)
    if row is None:
        raise NotFound(what="letter", id=name[:60])
    return send_object(adapters, row.digest, row.size, f"{name}.pdf")


def confirm(adapters: Adapters, number: str, code: str) -> None:
    """帮办: the applicant, by number and code, confirms what staff filled in."""
    found = check_slip(adapters, number, code)
    if found.case is None:
        raise NotFound(what="case", id=number.strip()[:40])
    with adapters.database.transaction() as session:
        confirm_filled(session, case_id=found.case.id, now=adapters.clock.now())


@post("/api/track", status_code=200)
def track(request: Request[Any, Any, Any], data: JSONBody[TrackRequest]) -> dict[str, Any]:
    """Where a case or project stands, for whoever holds its number and code."""
    return track_case(adapters_of(request), data.number, data.code)


@post("/api/track/letter", status_code=200)
def track_letter(request: Request[Any, Any, Any], data: JSONBody[LetterRequest]) -> Stream:
    """A letter for whoever holds number and code."""
    return letter_of(adapters_of(request), data.number, data.code, data.letter)


@post("/api/track/confirmation", status_code=200)
def track_confirm(request: Request[Any, Any, Any], data: JSONBody[TrackRequest]) -> dict[str, bool]:
    """Confirm what staff filled in (帮办)."""
    confirm(adapters_of(request), data.number, data.code)
    return {"confirmed": True}


@get("/api/screen")
def screen(request: Request[Any, Any, Any], hall: FromQuery[str] = "") -> dict[str, Any]:
    """What a wall screen shows: states of cases without any person, and the numbers called today by hall."""
    return screen_data(adapters_of(request), hall)


def screen_data(adapters: Adapters, hall: str = "") -> dict[str, Any]:
    """The newest changes of cases and the queue of each hall, or of one."""
    with adapters.database.reading() as session:
        return tracking.screen(
            session, hall=hall, cases=CASES_ON_SCREEN, called=CALLED_ON_SCREEN, now=adapters.clock.now()
        )


ROUTES = [track, track_letter, track_confirm, screen]
