"""Selects over people, organisations and their credentials."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam
from sqlalchemy import select as select_values
from sqlmodel import Session, col, func, select

from accounts.contacts import Contact, contact_context, open_contact
from accounts.credentials import TRY_WINDOW, Scope, secret_hash
from accounts.duties import Actor, Duty, Presence
from accounts.records import (
    ContactRecord,
    DutyRecord,
    FailedSignInRecord,
    OrganisationRecord,
    PasskeyChallengeRecord,
    PasskeyRecord,
    PersonRecord,
    PublishedProgramRecord,
    SessionRecord,
    SigningKeyRecord,
    TokenRecord,
)
from kernel.errors import NotFound
from kernel.ids import OrganisationId, PersonId
from storage.columns import table_of
from storage.database import unseal

TOKENS, PEOPLE = table_of(TokenRecord), table_of(PersonRecord)
DUTIES, KEYS = table_of(DutyRecord), table_of(SigningKeyRecord)
# What every request of a program asks, in statements that are compiled once.
HOLDER_OF_TOKEN = (
    select_values(TOKENS.c.scopes, TOKENS.c.expires_at, TOKENS.c.stepped_up_at, DUTIES.c.duty)
    .add_columns(PEOPLE.c.id, PEOPLE.c.organisation_id, PEOPLE.c.name, PEOPLE.c.is_active)
    .select_from(TOKENS.join(PEOPLE).outerjoin(DUTIES))
    .where(TOKENS.c.secret_hash == bindparam("secret_hash"))
)
VALID_KEYS = select_values(KEYS.c.public).where(
    KEYS.c.organisation_id == bindparam("organisation_id"), KEYS.c.revoked_at.is_(None)
)


def actor(session: Session, person_id: str) -> Actor:
    """The person as an actor; raises NotFound when unknown or inactive."""
    person = session.get(PersonRecord, person_id)
    if person is None or not person.is_active:
        raise NotFound(what="person", id=person_id)
    duties = session.exec(select(DutyRecord.duty).where(DutyRecord.person_id == person_id))
    return Actor(
        PersonId(person.id),
        OrganisationId(person.organisation_id),
        person.name,
        frozenset(Duty(duty) for duty in duties),
    )


def actor_of_session(session: Session, secret: str, now: datetime) -> Actor | None:
    """Who holds this browser session, if it is still valid."""
    record = session.get(SessionRecord, secret_hash(secret))
    if record is None or record.expires_at <= now:
        return None
    return replace(actor(session, record.person_id), presence=Presence(record.stepped_up_at))


def actor_of_token(session: Session, secret: str, now: datetime) -> tuple[Actor, frozenset[Scope]] | None:
    """Who holds this token and for what it may be used, if it is still valid."""
    rows = session.connection().execute(HOLDER_OF_TOKEN, {"secret_hash": secret_hash(secret)}).all()
    if not rows or rows[0].expires_at <= now:
        return None
    person = rows[0]
    if not person.is_active:
        raise NotFound(what="person", id=person.id)
    duties = frozenset(Duty(row.duty) for row in rows if row.duty is not None)
    organisation_id, presence = OrganisationId(person.organisation_id), Presence(person.stepped_up_at)
    holder = Actor(PersonId(person.id), organisation_id, person.name, duties, presence)
    return holder, frozenset(Scope(scope) for scope in person.scopes)


def sign_in_name(session: Session, person_id: str) -> str:
    """The name that a person signs in with."""
    return session.exec(select(PersonRecord.sign_in).where(PersonRecord.id == person_id)).one()


def passkeys(session: Session, person_id: str) -> list[PasskeyRecord]:
    """A person's passkeys, the oldest first."""
    found = select(PasskeyRecord).where(PasskeyRecord.person_id == person_id)
    return list(session.exec(found.order_by(col(PasskeyRecord.created_at), PasskeyRecord.id)))


def open_challenges(session: Session, purpose: str) -> int:
    """How many challenges of a purpose wait for their answer."""
    found = select(func.count()).where(PasskeyChallengeRecord.purpose == purpose)
    return session.exec(found).one()


def passkey_by_credential(session: Session, credential_id: bytes) -> PasskeyRecord | None:
    """The passkey with this id of its authenticator's making, locked so that its counter is compared once."""
    mark = sha256(credential_id).digest()
    return session.exec(
        select(PasskeyRecord).where(PasskeyRecord.credential_hash == mark).with_for_update()
    ).one_or_none()


def passkey_counts(session: Session, person_ids: set[str]) -> dict[str, int]:
    """How many passkeys people have, keyed by person; who has none is left out."""
    found = select(PasskeyRecord.person_id, func.count()).where(col(PasskeyRecord.person_id).in_(person_ids))
    return dict(session.exec(found.group_by(PasskeyRecord.person_id)).all())


def lock_person(session: Session, person_id: str) -> None:
    """Let creating acts of one person wait for each other."""
    session.exec(select(PersonRecord.id).where(PersonRecord.id == person_id).with_for_update()).one()


def person_by_sign_in(session: Session, sign_in: str) -> PersonRecord | None:
    """The active person with this sign-in name."""
    found = select(PersonRecord).where(PersonRecord.sign_in == sign_in, col(PersonRecord.is_active))
    return session.exec(found).one_or_none()


def failures(session: Session, sign_in: str, now: datetime) -> int:
    """How many sign-ins failed for this name lately."""
    recent = select(func.count()).where(
        FailedSignInRecord.sign_in == sign_in, FailedSignInRecord.at > now - TRY_WINDOW
    )
    return session.exec(recent).one()


def granted_lately(session: Session, duty: Duty, now: datetime) -> int:
    """How many people got a duty within the window of tries."""
    recent = select(func.count()).where(DutyRecord.duty == duty, DutyRecord.granted_at > now - TRY_WINDOW)
    return session.exec(recent).one()


def has_people(session: Session) -> bool:
    """Whether anybody can sign in yet."""
    return session.exec(select(PersonRecord.id).limit(1)).first() is not None


def organisation(session: Session, organisation_id: str) -> OrganisationRecord:
    """One organisation; raises NotFound."""
    record = session.get(OrganisationRecord, organisation_id)
    if record is None:
        raise NotFound(what="organisation", id=organisation_id)
    return record


def organisation_by_name(session: Session, name: str) -> OrganisationRecord | None:
    """The organisation with exactly this name."""
    return session.exec(select(OrganisationRecord).where(OrganisationRecord.name == name)).one_or_none()


def organisations(session: Session) -> list[OrganisationRecord]:
    """Every organisation, by name."""
    return list(session.exec(select(OrganisationRecord).order_by(OrganisationRecord.name)))


def organisation_names(session: Session, ids: set[str]) -> dict[str, str]:
    """Names of organisations, keyed by id."""
    rows = session.exec(select(OrganisationRecord).where(col(OrganisationRecord.id).in_(ids)))
    return {row.id: row.name for row in rows}


def person_names(session: Session, ids: set[str]) -> dict[str, str]:
    """Names of people, keyed by id."""
    rows = session.exec(select(PersonRecord).where(col(PersonRecord.id).in_(ids)))
    return {row.id: row.name for row in rows}


def signing_keys(session: Session, organisation_id: str) -> frozenset[bytes]:
    """The public keys an organisation may sign with now."""
    session.flush()  # a key that this act has just registered counts
    rows = session.connection().execute(VALID_KEYS, {"organisation_id": organisation_id})
    return frozenset(row.public for row in rows)


def published_programs(session: Session) -> list[PublishedProgramRecord]:
    """Every program whose hash was put into the log, the newest first."""
    newest = col(PublishedProgramRecord.log_index).desc()
    return list(session.exec(select(PublishedProgramRecord).order_by(newest, PublishedProgramRecord.name)))


def people(session: Session, after: str, limit: int) -> list[tuple[PersonRecord, list[str]]]:
    """A page of people with their duties, ordered by sign-in name."""
    rows = session.exec(
        select(PersonRecord).where(PersonRecord.sign_in > after).order_by(PersonRecord.sign_in).limit(limit)
    ).all()
    duties = session.exec(
        select(DutyRecord).where(col(DutyRecord.person_id).in_([row.id for row in rows]))
    ).all()
    return [(row, sorted(d.duty for d in duties if d.person_id == row.id)) for row in rows]


def people_with_duty(session: Session, duty: Duty) -> list[PersonRecord]:
    """Active people who hold a duty, ordered by name."""
    rows = select(PersonRecord).join(DutyRecord, col(DutyRecord.person_id) == PersonRecord.id)
    rows = rows.where(DutyRecord.duty == duty, col(PersonRecord.is_active)).order_by(PersonRecord.name)
    return list(session.exec(rows))


def contact(session: Session, person_id: str) -> Contact:
    """How a person wants to be reached; empty where they never said."""
    record = session.get(ContactRecord, person_id)
    return open_contact(unseal(session, contact_context(person_id), record.sealed)) if record else Contact()


def members_with_duty(session: Session, organisation_id: str, duty: Duty) -> list[str]:
    """The ids of an organisation's active people who hold a duty."""
    rows = select(PersonRecord.id).join(DutyRecord, col(DutyRecord.person_id) == PersonRecord.id)
    rows = rows.where(PersonRecord.organisation_id == organisation_id, DutyRecord.duty == duty)
    return list(session.exec(rows.where(col(PersonRecord.is_active)).order_by(PersonRecord.id)))


def member_names(session: Session, organisation_ids: set[str]) -> dict[str, list[str]]:
    """The names of everybody of these organisations, keyed by organisation."""
    rows = session.exec(select(PersonRecord).where(col(PersonRecord.organisation_id).in_(organisation_ids)))
    found: dict[str, list[str]] = {id: [] for id in organisation_ids}
    for row in rows:
        found[row.organisation_id].append(row.name)
    return {id: sorted(names) for id, names in found.items()}


def organisations_of_people(session: Session, ids: set[str]) -> dict[str, str]:
    """The name of the organisation that each of these people belongs to, keyed by person."""
    found = select(PersonRecord.id, OrganisationRecord.name).join(
        OrganisationRecord, col(OrganisationRecord.id) == PersonRecord.organisation_id
    )
    return {person: name for person, name in session.exec(found) if person in ids}
