"""What people and the operator do with accounts."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlmodel import Session, col, delete

from accounts import queries
from accounts.contacts import Contact, contact_context, write_contact
from accounts.credentials import (
    TOKEN_PREFIX,
    Scope,
    check_password,
    check_registrations,
    check_sign_in_name,
    check_tries,
    secret_hash,
)
from accounts.duties import Actor, Duty, check_combination
from accounts.records import (
    ContactRecord,
    DutyRecord,
    FailedSignInRecord,
    IdempotencyRecord,
    OrganisationRecord,
    PersonRecord,
    PublishedProgramRecord,
    SessionRecord,
    SigningKeyRecord,
    TokenRecord,
)
from crypto.canonical import JsonValue
from crypto.signatures import fingerprint
from kernel.errors import BadInput, KeyReused, NameTaken, NotSignedIn
from kernel.ids import OrganisationId, PersonId, new_id
from storage import audit_log
from storage.audit_log import Fact
from storage.database import seal

NUMBER = re.compile(r"[0-9A-Z-]{6,32}", re.ASCII)
HASHER = PasswordHasher()  # Argon2id with RFC 9106's low-memory profile
# of 32 random bytes that nobody kept, at the same cost: unknown names take as long as known ones
UNKNOWN_NAME_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$7wa0oZz8lzMW3xybb96UNQ$/yA3aLXxePU7rOM/9rJlQDrbyO38drkM11xFG9AIpR0"
)


@dataclass(frozen=True)
class AddPerson:
    """A person to be added by the operator."""

    organisation_id: str
    name: str
    sign_in: str
    password: str = field(repr=False)
    duties: frozenset[Duty] = frozenset()


@dataclass(frozen=True)
class NewApplicant:
    """Somebody who registers to apply for permits."""

    name: str = field(repr=False)
    sign_in: str
    password: str = field(repr=False)


def bootstrap(session: Session, *, sign_in: str, password: str, now: datetime) -> PersonId | None:
    """Make the first operator of an empty platform; None when somebody exists already."""
    if queries.has_people(session):
        return None
    organisation_id = _insert_organisation(session, "Operator", now)
    command = AddPerson(organisation_id, "Operator", sign_in, password, frozenset({Duty.OPERATOR}))
    return _insert_person(session, command, now)


def add_organisation(
    session: Session, *, actor: Actor, name: str, number: str = "", now: datetime
) -> OrganisationId:
    """Register an organisation under a name that nobody else has; its certificates must name the number.

    Raises:
        BadInput: the number is not 6 to 32 letters and digits.
    """
    actor.require(Duty.OPERATOR)
    number = number.strip().upper()
    if number and not NUMBER.fullmatch(number):
        raise BadInput(where="number", why="give the registered number, 6 to 32 letters and digits")
    return OrganisationId(_insert_organisation(session, name, now, number))


def add_person(session: Session, *, actor: Actor, command: AddPerson, now: datetime) -> PersonId:
    """Register a person with duties that one person may combine."""
    actor.require(Duty.OPERATOR)
    queries.organisation(session, command.organisation_id)
    return _insert_person(session, command, now)


def register_applicant(session: Session, *, command: NewApplicant, now: datetime) -> PersonId:
    """Register somebody who applies for permits, in an organisation of their own.

    The shared log gets no name: what it holds is public for ever.

    Raises:
        RateLimited: too many people registered within the window.
    """
    check_registrations(queries.granted_lately(session, Duty.APPLICANT, now))
    name = command.name.strip()
    if not 1 <= len(name) <= 200:
        raise BadInput(where="name", why="use 1 to 200 characters")
    check_sign_in_name(command.sign_in)
    if queries.person_by_sign_in(session, command.sign_in) is not None:
        raise NameTaken(name=command.sign_in)
    taken = queries.organisation_by_name(session, name) is not None
    record = OrganisationRecord(
        id=new_id(), name=f"{name} ({command.sign_in})" if taken else name, created_at=now
    )
    session.add(record)
    audit_log.append(session, Fact("organisation.added", record.id, data={"kind": "applicant"}), now)
    duties = frozenset({Duty.APPLICANT})
    return _insert_person(session, AddPerson(record.id, name, command.sign_in, command.password, duties), now)


def check_guess(session: Session, *, about: str, is_right: bool, now: datetime) -> None:
    """Slow down whoever guesses a secret, such as the code of a case; a wrong guess is kept.

    Raises:
        RateLimited: too many wrong guesses about the same thing within the window.
    """
    name = f"guess {about}"[:40]  # no sign-in name has a space
    check_tries(queries.failures(session, name, now))
    if not is_right:
        session.add(FailedSignInRecord(sign_in=name, at=now))


def grant_expert(session: Session, *, actor: Actor, person_id: str, now: datetime) -> None:
    """Let a person work as an expert, whom the pool manager has approved; an applicant's duty gives way to it.

    Raises:
        ConflictOfDuties: the person holds another duty, which an expert may not.
    """
    actor.require(Duty.POOL_MANAGER)
    held = queries.actor(session, person_id).duties
    if Duty.EXPERT in held:
        return
    check_combination({*(held - {Duty.APPLICANT}), Duty.EXPERT})
    applied = (col(DutyRecord.person_id) == person_id) & (col(DutyRecord.duty) == Duty.APPLICANT)
    session.connection().execute(delete(DutyRecord).where(applied))
    session.add(DutyRecord(person_id=person_id, duty=Duty.EXPERT, granted_at=now))
    session.flush()
    data: dict[str, JsonValue] = {"duty": Duty.EXPERT, "by": actor.person_id}
    audit_log.append(session, Fact("duty.granted", person_id, data=data), now)


def _insert_organisation(session: Session, name: str, now: datetime, number: str = "") -> str:
    name = name.strip()
    if not 1 <= len(name) <= 300:
        raise BadInput(where="name", why="use 1 to 300 characters")
    if queries.organisation_by_name(session, name) is not None:
        raise NameTaken(name=name)
    record = OrganisationRecord(id=new_id(), name=name, number=number or None, created_at=now)
    session.add(record)
    audit_log.append(session, Fact("organisation.added", record.id, data={"name": name}), now)
    return record.id


def _insert_person(session: Session, command: AddPerson, now: datetime) -> PersonId:
    check_sign_in_name(command.sign_in)
    check_password(command.sign_in, command.password)
    check_combination(command.duties)
    if queries.person_by_sign_in(session, command.sign_in) is not None:
        raise NameTaken(name=command.sign_in)
    record = PersonRecord(
        id=new_id(),
        organisation_id=command.organisation_id,
        name=command.name.strip() or command.sign_in,
        sign_in=command.sign_in,
        password_hash=HASHER.hash(command.password),
        created_at=now,
    )
    session.add(record)
    session.flush()
    session.add_all(DutyRecord(person_id=record.id, duty=duty, granted_at=now) for duty in command.duties)
    audit_log.append(session, Fact("person.added", record.id, data={"duties": sorted(command.duties)}), now)
    return PersonId(record.id)


def check_credentials(session: Session, *, sign_in: str, password: str, now: datetime) -> PersonId | None:
    """The person behind a name and password; None (and a failure kept) when they do not fit.

    Raises:
        RateLimited: too many failures for this name lately.
    """
    check_tries(queries.failures(session, sign_in[:40], now))
    person = queries.person_by_sign_in(session, sign_in)
    try:
        HASHER.verify(person.password_hash if person else UNKNOWN_NAME_HASH, password)
    except VerificationError:
        person = None
    if person is None:
        session.add(FailedSignInRecord(sign_in=sign_in[:40], at=now))
        return None
    session.exec(delete(FailedSignInRecord).where(col(FailedSignInRecord.sign_in) == sign_in))
    return PersonId(person.id)


def change_password(session: Session, *, actor: Actor, old: str, new: str, now: datetime) -> None:
    """Give the actor a new password; all their browser sessions and tokens end.

    Raises:
        NotSignedIn: the old password is wrong.
    """
    person = session.get(PersonRecord, actor.person_id)
    assert person is not None
    try:
        HASHER.verify(person.password_hash, old)
    except VerificationError:
        raise NotSignedIn() from None
    check_password(person.sign_in, new)
    person.password_hash = HASHER.hash(new)
    session.add(person)
    session.exec(delete(SessionRecord).where(col(SessionRecord.person_id) == person.id))
    session.exec(delete(TokenRecord).where(col(TokenRecord.person_id) == person.id))
    audit_log.append(session, Fact("password.changed", person.id), now)


def set_contact(session: Session, *, actor: Actor, contact: Contact, now: datetime) -> None:
    """Keep how the actor wants to be reached; the log gets neither number nor address."""
    sealed = seal(session, contact_context(actor.person_id), write_contact(contact))
    record = session.get(ContactRecord, actor.person_id)
    if record is None:
        session.add(ContactRecord(person_id=actor.person_id, sealed=sealed, set_at=now))
    else:
        record.sealed, record.set_at = sealed, now
        session.add(record)
    audit_log.append(session, Fact("contact.set", actor.person_id), now)


def begin_session(
    session: Session, *, person_id: str, hours: int, now: datetime, stepped_up_at: datetime | None = None
) -> str:
    """Start a browser session and return the secret for its cookie."""
    session.exec(delete(SessionRecord).where(col(SessionRecord.expires_at) <= now))
    secret = secrets.token_urlsafe(32)
    session.add(
        SessionRecord(
            secret_hash=secret_hash(secret),
            person_id=person_id,
            expires_at=now + timedelta(hours=hours),
            stepped_up_at=stepped_up_at,
        )
    )
    return secret


def end_session(session: Session, *, secret: str) -> None:
    """Forget a browser session; harmless when it is gone already."""
    session.exec(delete(SessionRecord).where(col(SessionRecord.secret_hash) == secret_hash(secret)))


def issue_token(
    session: Session,
    *,
    person_id: str,
    label: str,
    scopes: Iterable[Scope],
    days: int,
    now: datetime,
    stepped_up_at: datetime | None = None,
) -> str:
    """Make a token for a program; its secret is shown this once."""
    if not 1 <= days <= 366:
        raise BadInput(where="days", why="a token lives 1 to 366 days")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(
        TokenRecord(
            secret_hash=secret_hash(secret),
            id=new_id(),
            person_id=person_id,
            label=label[:100],
            scopes=sorted(scopes),
            expires_at=now + timedelta(days=days),
            stepped_up_at=stepped_up_at,
        )
    )
    return secret


def register_signing_key(session: Session, *, actor: Actor, public: bytes, now: datetime) -> str:
    """Register a bidder's Ed25519 public key for the actor's organisation; returns its fingerprint."""
    actor.require(Duty.BIDDER)
    if len(public) != 32:
        raise BadInput(where="public", why="an Ed25519 public key has 32 bytes")
    mark = fingerprint(public)
    known = session.get(SigningKeyRecord, mark)
    if known is not None:
        if known.organisation_id != actor.organisation_id:
            raise NameTaken(name=mark)
        return mark
    session.add(
        SigningKeyRecord(
            fingerprint=mark,
            organisation_id=actor.organisation_id,
            public=public,
            added_by=actor.person_id,
            added_at=now,
        )
    )
    audit_log.append(session, Fact("signing-key.registered", actor.organisation_id, data={"key": mark}), now)
    return mark


def publish_programs(session: Session, *, programs: Mapping[str, str], now: datetime) -> None:
    """Record the hashes of programs that people run, hex by name, unless the log has them all already."""
    known = {(row.name, row.sha256) for row in queries.published_programs(session)}
    if set(programs.items()) <= known:
        return
    fact = Fact("program.published", "programs", data={"sha256": dict(programs)})
    entry = audit_log.append(session, fact, now)
    for name, digest in programs.items():
        if (name, digest) not in known:
            # Of two servers that start at once the second finds the row there: appending waited for the first.
            session.merge(PublishedProgramRecord(name=name, sha256=digest, log_index=entry.index, at=now))


def once(
    session: Session, *, person_id: str, key: str, request: bytes, now: datetime, act: Callable[[], str]
) -> str:
    """Run a creating act once per key; a repetition gets the first answer back.

    Raises:
        BadInput: no key, or one over 200 characters.
        KeyReused: the key came with another request before.
    """
    if not 8 <= len(key) <= 200:
        raise BadInput(where="Idempotency-Key", why="send a fresh random header value of 8 to 200 characters")
    digest = sha256(request).digest()
    queries.lock_person(
        session, person_id
    )  # of two equal requests at once, the second waits and gets the answer
    known = session.get(IdempotencyRecord, (person_id, key))
    if known is not None:
        if known.request_digest != digest:
            raise KeyReused()
        return known.answer
    answer = act()
    session.add(IdempotencyRecord(person_id=person_id, key=key, request_digest=digest, answer=answer, at=now))
    return answer
