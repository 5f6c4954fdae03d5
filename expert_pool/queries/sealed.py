"""What links a leaf or a seat to an expert, under the caller's key: sealed at the request, opened where the key is.

Who reads the database and holds every other key of the platform finds leaves and seats, and no expert behind them
(docs/decisions/0025-who-was-drawn-is-sealed.md). What older draws hold open is read as it lies.
"""

from dataclasses import dataclass

from sqlmodel import Session

from crypto.canonical import b64, canonical, read_json, unb64
from expert_pool.records.draws import DrawRecord, PanelSeatRecord
from storage.database import CALLER_KEY, seal, unseal


@dataclass(frozen=True)
class DrawTable:
    """The lines of a draw's table, the key of its leaves, and by leaf the expert's id and sealed entry."""

    leaf_key: bytes
    rows: list[str]
    experts: dict[str, list[str]]


def seal_table(session: Session, draw_id: str, table: DrawTable) -> bytes:
    """The table as it lies in the database until the ranking."""
    body = {"v": 1, "leaf_key": b64(table.leaf_key), "rows": table.rows, "experts": table.experts}
    return seal(session, table_context(draw_id), canonical(body), key=CALLER_KEY)


def open_table(session: Session, record: DrawRecord) -> DrawTable:
    """The whole table of a draw; raises NoCallersKey where this process cannot open it."""
    if record.sealed is None:
        return DrawTable(record.leaf_key, record.rows, record.experts)
    return unsealed_table(session, record.id, record.sealed)


def unsealed_table(session: Session, draw_id: str, sealed: bytes) -> DrawTable:
    """A sealed table again; raises NoCallersKey where this process cannot open it."""
    body = read_json(unseal(session, table_context(draw_id), sealed, key=CALLER_KEY))
    return DrawTable(unb64(body["leaf_key"]), body["rows"], body["experts"])


def rows_of(session: Session, record: DrawRecord) -> list[str]:
    """The lines of a draw's table, which lie open once its panel has ranked."""
    return record.rows or open_table(session, record).rows


def seal_seat(session: Session, tender_id: str, seat: str, expert_id: str) -> bytes:
    """Who sits on a seat, as it lies in the database until the disclosure."""
    return seal(session, seat_context(tender_id, seat), expert_id.encode(), key=CALLER_KEY)


def expert_id_of(session: Session, seat: PanelSeatRecord) -> str:
    """Whose seat it is; raises NoCallersKey before the disclosure where this process cannot open it."""
    if seat.expert_id is not None:
        return seat.expert_id
    assert seat.sealed is not None
    return unseal(session, seat_context(seat.tender_id, seat.seat), seat.sealed, key=CALLER_KEY).decode()


def table_context(draw_id: str) -> str:
    """What the table of a draw is sealed to."""
    return f"draw table {draw_id}"


def seat_context(tender_id: str, seat: str) -> str:
    """What the expert of a seat is sealed to."""
    return f"panel seat {tender_id} {seat}"
