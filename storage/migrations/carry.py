"""What a migration carries over row by row, where new columns alone would lose something."""

import json
import unicodedata

import sqlalchemy as sa

from crypto.canonical import canonical
from crypto.field_seal import keyed_digest, seal_field

NO_KEY = (
    "this database holds experts whose names lie open; set MINGTANG_VAR to the folder whose keys/people.key seals"
    " personal data, and upgrade again: nothing was changed"
)
EMPTY_LISTS = (
    "employments",
    "relatives",
    "interests",
    "credentials",
    "trainings",
    "bans",
    "leaves",
    "services",
)
EMPTY_TEXTS = ("title", "id_number", "telephone", "bank_account")


def seal_experts(connection: sa.Connection, people_key: bytes) -> int:
    """Seal the entries of experts that lay open up to 0003 (docs/formats/expert-entry.md); returns how many.

    Raises:
        RuntimeError: there are some, and no key was given.
    """
    columns = "id, number, name, employer, region, specialties, standing, valid_until"
    rows = connection.execute(sa.text(f"SELECT {columns} FROM experts")).mappings().all()  # noqa: S608
    if rows and not people_key:
        raise RuntimeError(NO_KEY)
    change = sa.text("UPDATE experts SET sealed = :sealed, name_digest = :digest WHERE id = :id")
    for row in rows:
        entry = {
            **dict.fromkeys(EMPTY_TEXTS, ""),
            **{name: [] for name in EMPTY_LISTS},
            "born_on": None,
            "works_since": None,
            "number": row["number"],
            "name": row["name"],
            "employer": row["employer"],
            "region": row["region"],
            "specialties": sorted(json.loads(row["specialties"])),
            "standing": row["standing"],
            "valid_until": str(row["valid_until"])[:10] if row["valid_until"] else None,
        }
        folded = "".join(unicodedata.normalize("NFKC", row["name"]).casefold().split())
        given = {
            "id": row["id"],
            "sealed": seal_field(people_key, f"expert {row['id']}", canonical(entry)),
            "digest": keyed_digest(people_key, "expert-name", folded),
        }
        connection.execute(change, given)
    return len(rows)
