"""An entry of the pool as JSON, written canonically and read strictly (docs/formats/expert-entry.md)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from crypto.canonical import JsonValue, canonical
from expert_pool.experts import (
    ACTIVE,
    CREDENTIALS,
    INTERESTS,
    RELATIONS,
    STANDINGS,
    TITLES,
    Credential,
    Employment,
    Expert,
    Identity,
    Interest,
    Relative,
    Span,
    Training,
)
from kernel.errors import BadInput
from kernel.fields import Fields

NAME, ORGANISATION, SHORT = 200, 300, 40  # characters
MOST = 60  # lines of one list: employers, relatives, credentials
MOST_SPECIALTIES = 30
CODE = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)
NUMBER = re.compile(r"[0-9A-Za-z._-]{1,40}", re.ASCII)
ID_NUMBER = re.compile(r"[0-9A-Z]{6,32}", re.ASCII)
TELEPHONE = re.compile(r"\+?[0-9 -]{5,20}", re.ASCII)
ACCOUNT = re.compile(r"[0-9 ]{8,34}", re.ASCII)
EMAIL = re.compile(r"[0-9A-Za-z._+-]{1,60}@[0-9A-Za-z.-]{1,60}", re.ASCII)
HOURS = 1000


def write_expert(expert: Expert) -> dict[str, JsonValue]:
    """The entry as the leaf commits to it: every fact that a rule may read."""
    return {
        "number": expert.number,
        "name": expert.name,
        "employer": expert.employer,
        "region": expert.region,
        "specialties": [*sorted(expert.specialties)],
        "standing": expert.standing,
        "valid_until": _day(expert.valid_until),
        "title": expert.title,
        "born_on": _day(expert.born_on),
        "works_since": _day(expert.works_since),
        "employments": [
            {"organisation": one.organisation, "since": _day(one.since), "until": _day(one.until)}
            for one in expert.employments
        ],
        "relatives": [
            {"name": one.name, "relation": one.relation, "employer": one.employer} for one in expert.relatives
        ],
        "interests": [
            {"organisation": one.organisation, "kind": one.kind, "until": _day(one.until)}
            for one in expert.interests
        ],
        "credentials": [
            {"kind": one.kind, "number": one.number, "valid_until": _day(one.valid_until)}
            for one in expert.credentials
        ],
        "trainings": [
            {"on": one.on.isoformat(), "hours": one.hours, "subject": one.subject} for one in expert.trainings
        ],
        "bans": [_span(one) for one in expert.bans],
        "leaves": [_span(one) for one in expert.leaves],
        "services": [day.isoformat() for day in expert.services],
    }


def expert_record(expert: Expert) -> bytes:
    """The canonical bytes of an entry: what a leaf commits to."""
    return canonical(write_expert(expert))


def read_expert(fields: Fields) -> Expert:
    """An entry from its JSON form; what is absent is empty.

    Raises:
        BadInput: names the field and the limit, never the value.
    """
    made = Expert(
        number=coded(fields, "number", NUMBER, why="use 1 to 40 letters, digits, points and hyphens"),
        name=plain(fields, "name", NAME),
        employer=plain(fields, "employer", ORGANISATION),
        region=plain(fields, "region", SHORT),
        specialties=frozenset(read_codes(fields, "specialties")),
        standing=fields.choice_or("standing", STANDINGS, ACTIVE),
        valid_until=day_or_none(fields, "valid_until"),
        title=fields.choice_or("title", TITLES, ""),
        born_on=day_or_none(fields, "born_on"),
        works_since=day_or_none(fields, "works_since"),
        employments=tuple(map(_employment, _bounded(fields, "employments"))),
        relatives=tuple(map(_relative, _bounded(fields, "relatives"))),
        interests=tuple(map(_interest, _bounded(fields, "interests"))),
        credentials=tuple(map(_credential, _bounded(fields, "credentials"))),
        trainings=tuple(map(_training, _bounded(fields, "trainings"))),
        bans=tuple(map(_read_span, _bounded(fields, "bans"))),
        leaves=tuple(map(_read_span, _bounded(fields, "leaves"))),
        services=_days(fields, "services"),
    )
    if not (made.name and made.employer and made.specialties):
        raise BadInput(
            where=fields.path or "entry", why="name, employer and at least one specialty are needed"
        )
    return made


def write_identity(identity: Identity) -> dict[str, JsonValue]:
    """What identifies a person, for the sealed field only."""
    return {
        "id_number": identity.id_number,
        "telephone": identity.telephone,
        "bank_account": identity.bank_account,
        "email": identity.email,
    }


def read_identity(fields: Fields) -> Identity:
    """Who an expert is, each part optional."""
    return Identity(
        id_number=coded(fields, "id_number", ID_NUMBER, why="use 6 to 32 digits and capital letters"),
        telephone=coded(fields, "telephone", TELEPHONE, why="give digits, such as 13800000000"),
        bank_account=coded(fields, "bank_account", ACCOUNT, why="give 8 to 34 digits"),
        email=coded(fields, "email", EMAIL, why="give an address, such as name@example.org"),
    )


def entry_bytes(expert: Expert, identity: Identity) -> bytes:
    """The whole entry as it is sealed at rest."""
    return canonical({**write_expert(expert), **write_identity(identity)})


def plain(fields: Fields, key: str, longest: int) -> str:
    """A trimmed text that may be empty or absent."""
    if not fields.has(key):
        return ""
    value = fields.take(key)
    if not isinstance(value, str):
        fields.fail(key, "a text is needed here")
    if len(value.strip()) > longest:
        fields.fail(key, f"at most {longest} characters are allowed")
    return value.strip()


def coded(fields: Fields, key: str, form: re.Pattern[str], why: str) -> str:
    """A text of a fixed form; empty where it is absent."""
    value = plain(fields, key, 100)
    if value and not form.fullmatch(value):
        fields.fail(key, why)
    return value


def read_codes(fields: Fields, key: str) -> Iterator[str]:
    """Codes of specialties."""
    given = fields.list(key) if fields.has(key) else ()
    if len(given) > MOST_SPECIALTIES:
        fields.fail(key, f"at most {MOST_SPECIALTIES} are allowed")
    for value in given:
        if not isinstance(value, str) or not CODE.fullmatch(value.strip()):
            fields.fail(key, "use codes of the classification, such as A0801")
        yield value.strip()


def day_or_none(fields: Fields, key: str) -> date | None:
    """A calendar day, or nothing."""
    return read_day_of(fields, key, fields.take(key)) if fields.has(key) else None


def read_day_of(fields: Fields, key: str, value: object) -> date:
    """A calendar day such as 2026-12-01."""
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        fields.fail(key, "give a date, such as 2026-12-01")


def _bounded(fields: Fields, key: str) -> Sequence[Fields]:
    found = list(fields.objects_or_none(key))
    if len(found) > MOST:
        fields.fail(key, f"at most {MOST} are allowed")
    return found


def _needed(fields: Fields, key: str, longest: int) -> str:
    return plain(fields, key, longest) or fields.fail(key, "a text is needed here")


def _employment(fields: Fields) -> Employment:
    made = Employment(
        _needed(fields, "organisation", ORGANISATION),
        day_or_none(fields, "since"),
        day_or_none(fields, "until"),
    )
    if made.since and made.until and made.until < made.since:
        fields.fail("until", "the end may not come before the beginning")
    fields.done()
    return made


def _relative(fields: Fields) -> Relative:
    made = Relative(
        _needed(fields, "name", NAME),
        fields.choice("relation", RELATIONS),
        plain(fields, "employer", ORGANISATION),
    )
    fields.done()
    return made


def _interest(fields: Fields) -> Interest:
    made = Interest(
        _needed(fields, "organisation", ORGANISATION),
        fields.choice_or("kind", INTERESTS, "other"),
        day_or_none(fields, "until"),
    )
    fields.done()
    return made


def _credential(fields: Fields) -> Credential:
    made = Credential(
        fields.choice("kind", CREDENTIALS),
        plain(fields, "number", 60),
        day_or_none(fields, "valid_until"),
    )
    fields.done()
    return made


def _training(fields: Fields) -> Training:
    on = read_day_of(fields, "on", fields.take("on"))
    made = Training(on, fields.whole_or("hours", 0, HOURS, 0), plain(fields, "subject", NAME))
    fields.done()
    return made


def _read_span(fields: Fields) -> Span:
    made = Span(read_day_of(fields, "begins", fields.take("begins")), day_or_none(fields, "ends"))
    fields.done()
    return made


def _days(fields: Fields, key: str) -> tuple[date, ...]:
    return tuple(read_day_of(fields, key, day) for day in fields.list(key)) if fields.has(key) else ()


def _span(one: Span) -> dict[str, JsonValue]:
    return {"begins": one.begins.isoformat(), "ends": _day(one.ends)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
