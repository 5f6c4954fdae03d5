"""An expert as the rules see one, and the salted leaf under which he stands in a published table.

The salt is derived per draw and expert from a key of the pool, so a leaf can neither be guessed from a list of names
nor be linked between two draws. Who holds salt and record can show that a leaf is his.
"""

from dataclasses import dataclass, field
from datetime import date

from crypto.canonical import canonical, expand, tagged_hash

ACTIVE = "active"
STANDINGS = (ACTIVE, "suspended", "removed")


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


def expert_record(expert: Expert) -> bytes:
    """The canonical bytes of an entry: what a leaf commits to."""
    return canonical(
        {
            "number": expert.number,
            "name": expert.name,
            "employer": expert.employer,
            "region": expert.region,
            "specialties": sorted(expert.specialties),
            "standing": expert.standing,
            "valid_until": expert.valid_until.isoformat() if expert.valid_until else None,
        }
    )


def leaf_salt(pool_key: bytes, draw_id: str, expert_number: str) -> bytes:
    """The salt of one expert in one draw; destroying the key makes all old tables anonymous for good."""
    return expand(pool_key, "expert-leaf-salt", draw_id.encode(), expert_number.encode())


def expert_leaf(salt: bytes, record: bytes) -> str:
    """The leaf of a salted record, in lower-case hex."""
    return tagged_hash("expert-leaf", salt, record).hex()
