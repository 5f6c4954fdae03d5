"""Somebody with a dump of the whole database and the keys of a web process, who looks for who was drawn."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, select

from crypto.field_seal import NONCE_BYTES, open_field
from kernel.errors import IntegrityBroken
from storage.database import Database

CONTEXTS = (
    "expert {}",
    "expert note {}",
    "expert application {}",
    "expert application reason {}",
    "expert mark {}",
    "decoy touch {}",
    "draw entry {}",
    "draw avoidance {}",
    "draw table {}",
    "panel seat {} {}",
    "avoidance {} {}",
    "applicant {}",
    "submission-trace:{}",
)
TAG_BYTES = 16


@dataclass(frozen=True)
class Suspect:
    """An expert who could have been drawn, and everything by which one may be told from another."""

    expert_id: str
    number: str
    words: tuple[str, ...]
    """name, employer, telephone: what no page of an official may say"""
    marks: tuple[str, ...]
    """the words, ids and keyed digests as they may stand in a cell"""


@dataclass
class Dump:
    """Every row as its cells in text, with what the keys at hand opened."""

    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    short: set[bytes] = field(default_factory=set)
    """whatever could be a key"""

    def places(self, suspect: Suspect) -> Counter[tuple[str, str]]:
        """How often an expert occurs, by table and column."""
        return Counter(
            (table, column)
            for table, cells in self.rows
            for column, text in cells.items()
            if any(mark in text for mark in suspect.marks)
        )

    def rows_with(self, word: str) -> list[str]:
        """Each row that has the word, as one text."""
        return [text for _, cells in self.rows if word in (text := "\n".join(cells.values()))]


def dump_of(database: Database, key: bytes) -> Dump:
    """Read every column of every table, and open what the key opens."""
    found, meta = Dump(), MetaData()
    meta.reflect(database.engine)
    with database.engine.connect() as connection:
        for table in meta.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                words = [value for value in row.values() if isinstance(value, str)]
                cells = {name: _text(value, found, table.name, key, words) for name, value in row.items()}
                found.rows.append((table.name, cells))
    return found


def _text(value: Any, found: Dump, table: str, key: bytes, words: list[str]) -> str:
    if not isinstance(value, bytes):
        return str(value)
    if len(value) == 32:
        found.short.add(value)
    texts = [value.hex(), value.decode("utf-8", "replace")]
    is_digest = len(value) <= NONCE_BYTES + TAG_BYTES or len(value) == 32
    for context in () if is_digest else _contexts(words):
        try:
            texts.append(open_field(key, context, value).decode("utf-8", "replace"))
            found.opened[table] += 1
        except IntegrityBroken:
            continue
    return "\n".join(texts)


def _contexts(words: list[str]) -> list[str]:
    ids = [word for word in words if len(word) <= 64]
    single = [text.format(one) for text in CONTEXTS if text.count("{}") == 1 for one in ids]
    return single + [
        text.format(a, b) for text in CONTEXTS if text.count("{}") == 2 for a in ids for b in ids
    ]
