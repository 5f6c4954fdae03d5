"""An expert as the rules see one, and the salted leaf under which he stands in a published table.

The salt is derived per draw and expert from a key of the pool, so a leaf can neither be guessed from a list of names
nor be linked between two draws. Who holds salt and record can show that a leaf is his.
"""

from dataclasses import dataclass, field
from datetime import date

from crypto.canonical import expand, tagged_hash

ACTIVE, SUSPENDED, REMOVED = "active", "suspended", "removed"
STANDINGS = (ACTIVE, SUSPENDED, REMOVED)
TITLES = ("", "senior", "associate_senior", "middle", "junior", "equal")
"""职称 from the highest down; `equal`: no title, but the professional level that art. 37 lets count the same."""
RELATIONS = ("spouse", "direct_blood", "collateral_blood", "in_law")
"""Spouse, direct blood, collateral blood within three generations, close in-laws: 政府采购法实施条例 art. 9."""
INTERESTS = ("shareholder", "director", "board_supervisor", "controller", "adviser", "other")
CREDENTIALS = ("title", "licence", "training", "degree", "other")


@dataclass(frozen=True)
class Employment:
    """Work for an organisation; without an end it goes on."""

    organisation: str = field(repr=False)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Relative:
    """A relative whom the expert declared."""

    name: str = field(repr=False)
    relation: str
    employer: str = field(default="", repr=False)


@dataclass(frozen=True)
class Interest:
    """An organisation to which the expert declared a tie of their own (利害关系)."""

    organisation: str = field(repr=False)
    kind: str
    until: date | None = None


@dataclass(frozen=True)
class Credential:
    """A certificate; without an end it stays valid."""

    kind: str
    number: str = field(default="", repr=False)
    valid_until: date | None = None


@dataclass(frozen=True)
class Training:
    """One training that was passed."""

    on: date
    hours: int
    subject: str = ""


@dataclass(frozen=True)
class Span:
    """From a day to a day, both included; without an end until it is lifted."""

    begins: date
    ends: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Identity:
    """Who an expert is beside the name; no rule reads it and no leaf holds it."""

    id_number: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    bank_account: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True)
class Expert:
    """One entry of the pool; specialties are codes of the classification, such as `A0801`."""

    number: str
    name: str = field(repr=False)
    employer: str = field(repr=False)
    region: str
    specialties: frozenset[str]
    standing: str = ACTIVE
    valid_until: date | None = None
    title: str = ""
    born_on: date | None = field(default=None, repr=False)
    works_since: date | None = None
    employments: tuple[Employment, ...] = ()
    relatives: tuple[Relative, ...] = ()
    interests: tuple[Interest, ...] = ()
    credentials: tuple[Credential, ...] = ()
    trainings: tuple[Training, ...] = ()
    bans: tuple[Span, ...] = ()
    leaves: tuple[Span, ...] = ()
    services: tuple[date, ...] = ()
    """The days of the panels on which the expert has sat, counted by the platform."""


def leaf_salt(pool_key: bytes, draw_id: str, expert_number: str) -> bytes:
    """The salt of one expert in one draw; destroying the key makes all old tables anonymous for good."""
    return expand(pool_key, "expert-leaf-salt", draw_id.encode(), expert_number.encode())


def expert_leaf(salt: bytes, record: bytes) -> str:
    """The leaf of a salted record, in lower-case hex."""
    return tagged_hash("expert-leaf", salt, record).hex()
