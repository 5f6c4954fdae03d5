"""Selects over sites, departments, windows, posts, absences, mandates and seals."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, or_, select

from approval.queries import registers
from approval.records.organisation import (
    AbsenceRecord,
    AttendanceRecord,
    DepartmentRecord,
    HallRecord,
    MandateRecord,
    PostRecord,
    SealRecord,
    SiteRecord,
    WindowRecord,
)
from kernel.errors import NotFound


def on_duty(session: Session, post: PostRecord, day: date) -> str | None:
    """Who holds the post on a day: A while present, otherwise B, otherwise nobody (AB角)."""
    holders = [person for person in (post.a_person_id, post.b_person_id) if person]
    away = absent(session, holders, day)
    return next((person for person in holders if person not in away), None)


def absent(session: Session, person_ids: Iterable[str], day: date) -> frozenset[str]:
    """Which of these people are away on a day."""
    rows = select(AbsenceRecord.person_id).where(
        col(AbsenceRecord.person_id).in_(list(person_ids)), AbsenceRecord.day == day
    )
    return frozenset(session.exec(rows))


def mandate_powers(session: Session, person_id: str, department_id: str, day: date) -> frozenset[str]:
    """What a chief representative may do for a department on a day; a mandate without its letter gives nothing."""
    rows = select(MandateRecord.powers).where(
        MandateRecord.person_id == person_id,
        MandateRecord.department_id == department_id,
        MandateRecord.valid_from <= day,
        MandateRecord.valid_to >= day,
        MandateRecord.letter_digest != "",
        or_(col(MandateRecord.revoked_on).is_(None), col(MandateRecord.revoked_on) > day),
    )
    return frozenset(power for powers in session.exec(rows) for power in powers)


def department(session: Session, department_id: str) -> DepartmentRecord:
    """One department; raises NotFound."""
    record = session.get(DepartmentRecord, department_id)
    if record is None:
        raise NotFound(what="department", id=department_id)
    return record


def departments(session: Session) -> list[DepartmentRecord]:
    """Every department, by code."""
    return list(session.exec(select(DepartmentRecord).order_by(DepartmentRecord.code)))


def department_by_code(session: Session, code: str) -> DepartmentRecord | None:
    """The department with a code."""
    return session.exec(select(DepartmentRecord).where(DepartmentRecord.code == code)).one_or_none()


def site(session: Session, code: str) -> SiteRecord:
    """One site; raises NotFound."""
    record = session.get(SiteRecord, code)
    if record is None:
        raise NotFound(what="site", id=code)
    return record


def sites(session: Session, level: str = "", parent: str = "") -> list[SiteRecord]:
    """Sites by code, of one level or below one parent where these are given."""
    found = select(SiteRecord).order_by(SiteRecord.code)
    if level:
        found = found.where(SiteRecord.level == level)
    if parent:
        found = found.where(SiteRecord.parent_code == parent)
    return list(session.exec(found))


def sites_below(session: Session, code: str) -> frozenset[str]:
    """The codes of a site and of everything below it."""
    rows = session.exec(select(SiteRecord.code, SiteRecord.parent_code)).all()
    children: dict[str, list[str]] = {}
    for own, parent in rows:
        children.setdefault(parent or "", []).append(own)
    found, waiting = {code}, [code]
    while waiting:
        below = children.get(waiting.pop(), [])
        waiting += [one for one in below if one not in found]
        found.update(below)
    return frozenset(found)


def coverage(session: Session) -> dict[str, tuple[int, int]]:
    """By level: sites with a centre, station or room, of all sites."""
    rows = session.exec(
        select(SiteRecord.level, SiteRecord.has_centre, func.count()).group_by(
            SiteRecord.level, col(SiteRecord.has_centre)
        )
    ).all()
    found: dict[str, tuple[int, int]] = {}
    for level, has_centre, count in rows:
        have, every = found.get(level, (0, 0))
        found[level] = (have + (count if has_centre else 0), every + count)
    return found


def halls(session: Session) -> list[HallRecord]:
    """Every hall, by code."""
    return list(session.exec(select(HallRecord).order_by(HallRecord.code)))


def lock_hall(session: Session, code: str) -> HallRecord:
    """One hall, locked until the transaction ends; raises NotFound."""
    found = session.exec(select(HallRecord).where(HallRecord.code == code).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(what="hall", id=code[:40])
    return found


def window(session: Session, window_id: str) -> WindowRecord:
    """One window; raises NotFound."""
    record = session.get(WindowRecord, window_id)
    if record is None:
        raise NotFound(what="window", id=window_id)
    return record


def windows(session: Session, hall: str = "") -> list[WindowRecord]:
    """Windows by hall, floor, zone and number."""
    found = select(WindowRecord).order_by(
        WindowRecord.hall_code, col(WindowRecord.floor), WindowRecord.zone, WindowRecord.number
    )
    return list(session.exec(found.where(WindowRecord.hall_code == hall) if hall else found))


def post(session: Session, department_id: str, code: str) -> PostRecord | None:
    """A department's post with a code."""
    return session.exec(
        select(PostRecord).where(PostRecord.department_id == department_id, PostRecord.code == code)
    ).one_or_none()


def post_by_id(session: Session, post_id: str) -> PostRecord:
    """One post; raises NotFound."""
    record = session.get(PostRecord, post_id)
    if record is None:
        raise NotFound(what="post", id=post_id)
    return record


def risk_points(session: Session, post: PostRecord) -> list[dict[str, Any]]:
    """What the register of risk points says of a post."""
    code = department(session, post.department_id).code
    rows = registers.bodies(session, "risk_points")
    return [row for row in rows if row["department"] == code and row["post"] == post.code]


def posts(session: Session, department_id: str = "") -> list[PostRecord]:
    """Posts by department and code."""
    found = select(PostRecord).order_by(PostRecord.department_id, PostRecord.code)
    return list(
        session.exec(found.where(PostRecord.department_id == department_id) if department_id else found)
    )


def posts_without_holder(session: Session) -> list[PostRecord]:
    """Posts that nobody holds (定岗定责定人)."""
    return [post for post in posts(session) if not post.a_person_id]


def mandates(session: Session, department_id: str = "") -> list[MandateRecord]:
    """Mandates, the newest first."""
    found = select(MandateRecord).order_by(col(MandateRecord.granted_at).desc())
    if department_id:
        found = found.where(MandateRecord.department_id == department_id)
    return list(session.exec(found))


def mandate(session: Session, mandate_id: str) -> MandateRecord:
    """One mandate; raises NotFound."""
    record = session.get(MandateRecord, mandate_id)
    if record is None:
        raise NotFound(what="mandate", id=mandate_id)
    return record


def seals(session: Session, department_id: str = "") -> list[SealRecord]:
    """Seals by department and name."""
    found = select(SealRecord).order_by(SealRecord.department_id, SealRecord.name)
    return list(
        session.exec(found.where(SealRecord.department_id == department_id) if department_id else found)
    )


def seal(session: Session, seal_id: str) -> SealRecord:
    """One seal; raises NotFound."""
    record = session.get(SealRecord, seal_id)
    if record is None:
        raise NotFound(what="seal", id=seal_id)
    return record


def absences(session: Session, since: date, until: date) -> Sequence[AbsenceRecord]:
    """Absences from a day to a day, in order."""
    return session.exec(
        select(AbsenceRecord)
        .where(AbsenceRecord.day >= since, AbsenceRecord.day <= until)
        .order_by(col(AbsenceRecord.day), AbsenceRecord.person_id)
    ).all()


def attendance(session: Session, since: date, until: date) -> Sequence[AttendanceRecord]:
    """Everybody's days from a day to a day, by person."""
    return session.exec(
        select(AttendanceRecord)
        .where(AttendanceRecord.day >= since, AttendanceRecord.day <= until)
        .order_by(AttendanceRecord.person_id, col(AttendanceRecord.day))
    ).all()


def departments_with_power(session: Session, power: str, day: date) -> frozenset[str]:
    """Departments in which somebody holds a power by a valid letter on a day."""
    rows = session.exec(
        select(MandateRecord.department_id, MandateRecord.powers).where(
            MandateRecord.valid_from <= day,
            MandateRecord.valid_to >= day,
            MandateRecord.letter_digest != "",
            or_(col(MandateRecord.revoked_on).is_(None), col(MandateRecord.revoked_on) > day),
        )
    )
    return frozenset(department_id for department_id, powers in rows if power in powers)
