"""Selects over the pool. Entries lie sealed; one is opened for a draw, for a call, for the manager or the expert."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Text, type_coerce
from sqlmodel import Session, col, func, select

from accounts import queries as accounts
from crypto.canonical import read_json
from expert_pool.conflicts import same_name
from expert_pool.entry_form import entry_bytes, read_expert, read_identity
from expert_pool.experts import Employment, Expert, Identity, Span
from expert_pool.queries.workload import services
from expert_pool.records.pool import ExpertRecord, ExpertSpanRecord, ExpertStandingRecord
from kernel.errors import NotFound
from kernel.fields import Fields
from storage.database import digest_of, seal, unseal

BAN, LEAVE = "ban", "leave"
AT_ONCE = 500  # rows named in one statement


@dataclass(frozen=True)
class PoolLook:
    """What the pool is filtered by; empty fields filter nothing. A name is found whole only: it is kept as a hash."""

    specialty: str = ""
    region: str = ""
    standing: str = ""
    name: str = field(default="", repr=False)


def entry_context(expert_id: str) -> str:
    """What an entry is sealed to."""
    return f"expert {expert_id}"


def seal_entry(session: Session, expert_id: str, expert: Expert, identity: Identity) -> bytes:
    """The entry as it lies in the database."""
    return seal(session, entry_context(expert_id), entry_bytes(expert, identity))


def name_digest(session: Session, name: str) -> bytes:
    """What finds entries of the same name."""
    return digest_of(session, "expert-name", same_name(name))


def identity_digest(session: Session, id_number: str) -> bytes | None:
    """What keeps one person from entering twice; nothing where no number was given."""
    return digest_of(session, "expert-identity", id_number) if id_number else None


def entry(session: Session, record: ExpertRecord) -> tuple[Expert, Identity]:
    """The entry as it was given, opened; without what the platform adds."""
    fields = Fields(read_json(unseal(session, entry_context(record.id), record.sealed)))
    expert = read_expert(fields)
    kept = replace(expert, standing=record.standing, valid_until=record.valid_until)
    return kept, read_identity(fields)


def name_of(session: Session, record: ExpertRecord) -> str:
    """The expert's name, opened."""
    return entry(session, record)[0].name


def expert_value(session: Session, record: ExpertRecord) -> Expert:
    """An entry as the rules see it."""
    return expert_values(session, [record])[0]


def expert_values(
    session: Session, records: Sequence[ExpertRecord], *, undisclosed: bool = False
) -> list[Expert]:
    """Entries as the rules see them: with bans, leaves and services, and where their accounts belong.

    Services on `undisclosed` panels count for a draw only.
    """
    spans, served = _spans(session, records), services(session, undisclosed=undisclosed)
    homes = _account_organisations(session, records)
    return [
        replace(
            (given := entry(session, record)[0]),
            employments=(*given.employments, *homes.get(record.id, ())),
            bans=spans[record.id, BAN],
            leaves=spans[record.id, LEAVE],
            services=tuple(served.get(record.id, ())),
        )
        for record in records
    ]


def experts(session: Session) -> list[ExpertRecord]:
    """The whole pool, by number."""
    return list(session.exec(select(ExpertRecord).order_by(col(ExpertRecord.number))))


def expert(session: Session, expert_id: str, *, lock: bool = False) -> ExpertRecord:
    """One entry; raises NotFound."""
    found = select(ExpertRecord).where(ExpertRecord.id == expert_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="expert", id=expert_id)
    return record


class Known:
    """The entries by number and by identity, read once: an import of thousands asks for each of its lines."""

    def __init__(self, session: Session) -> None:
        found = experts(session)
        self.by_number = {one.number: one for one in found}
        self.by_identity = {one.identity_digest: one for one in found if one.identity_digest}

    def add(self, record: ExpertRecord) -> None:
        """What was just written counts for the next line."""
        self.by_number[record.number] = record
        if record.identity_digest:
            self.by_identity[record.identity_digest] = record


def expert_by_number(session: Session, number: str) -> ExpertRecord | None:
    """The entry with this number."""
    return session.exec(select(ExpertRecord).where(ExpertRecord.number == number)).one_or_none()


def expert_of_person(session: Session, person_id: str) -> ExpertRecord | None:
    """The entry of a signed-in person."""
    found = select(ExpertRecord).where(ExpertRecord.person_id == person_id).order_by(ExpertRecord.number)
    return session.exec(found).first()


def pool_page(session: Session, after: str, limit: int, look: PoolLook | None = None) -> list[ExpertRecord]:
    """A page of the pool, by number."""
    look = look or PoolLook()
    found = select(ExpertRecord).where(ExpertRecord.number > after)
    if look.region:
        found = found.where(ExpertRecord.region == look.region)
    if look.standing:
        found = found.where(ExpertRecord.standing == look.standing)
    if look.name:
        found = found.where(ExpertRecord.name_digest == name_digest(session, look.name))
    if look.specialty:
        # Codes hold letters and digits only, so the text of the list is searched for the beginning of one.
        listed = type_coerce(col(ExpertRecord.specialties), Text)
        found = found.where(listed.contains(f'"{look.specialty}', autoescape=True))
    return list(session.exec(found.order_by(col(ExpertRecord.number)).limit(limit)))


def pool_size(session: Session) -> int:
    """How many experts the pool has."""
    return session.exec(select(func.count()).select_from(ExpertRecord)).one()


def regions(session: Session) -> list[str]:
    """The regions that occur in the pool."""
    return sorted(one for one in session.exec(select(ExpertRecord.region).distinct()) if one)


def spans(session: Session, expert_id: str) -> list[ExpertSpanRecord]:
    """The bans and leaves of an expert, newest first."""
    found = select(ExpertSpanRecord).where(ExpertSpanRecord.expert_id == expert_id)
    return list(session.exec(found.order_by(col(ExpertSpanRecord.begins).desc(), ExpertSpanRecord.id)))


def span(session: Session, span_id: str) -> ExpertSpanRecord:
    """One ban or leave; raises NotFound."""
    record = session.get(ExpertSpanRecord, span_id)
    if record is None:
        raise NotFound(what="ban or leave", id=span_id)
    return record


def standings(session: Session, expert_id: str) -> list[ExpertStandingRecord]:
    """How an expert's standing changed, newest first."""
    found = select(ExpertStandingRecord).where(ExpertStandingRecord.expert_id == expert_id)
    return list(session.exec(found.order_by(col(ExpertStandingRecord.made_at).desc())))


def _spans(
    session: Session, records: Sequence[ExpertRecord]
) -> defaultdict[tuple[str, str], tuple[Span, ...]]:
    found: defaultdict[tuple[str, str], tuple[Span, ...]] = defaultdict(tuple)
    query = select(ExpertSpanRecord).order_by(col(ExpertSpanRecord.begins), col(ExpertSpanRecord.id))
    if len(records) <= AT_ONCE:
        query = query.where(col(ExpertSpanRecord.expert_id).in_([record.id for record in records]))
    for row in session.exec(query):
        found[row.expert_id, row.kind] += (Span(row.begins, row.ends),)
    return found


def _account_organisations(
    session: Session, records: Iterable[ExpertRecord]
) -> dict[str, tuple[Employment, ...]]:
    """The organisation that an expert's account belongs to, as an employment that goes on."""
    people = {record.person_id: record.id for record in records if record.person_id}
    homes = accounts.organisations_of_people(session, set(people))
    return {people[person]: (Employment(name),) for person, name in homes.items()}
