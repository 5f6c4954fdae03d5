"""The draw of an agency (中介机构, 招标代理机构): the list is frozen first, the public log then gives the seed.

1. Freezing fixes the service, the day and every listed agency, barred ones with their reason; the log keeps the hash.
2. The seed is made from the root of the log right after the first entry that follows: it did not exist before, and
   nobody can wait for another one.
3. The draw of experts (`expert_pool.draw`) does the rest: one seat, some reserves, equal chances.

Format: docs/formats/agency-draw.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NoReturn

from crypto.canonical import JsonValue, canonical, tagged_hash
from crypto.log_entry import read_fact
from crypto.log_seed import HASH_HEX, Freeze, SeedRoot, check_tree, read_freeze, write_freeze, write_tree
from expert_pool.draw import (
    DrawGroup,
    DrawRequest,
    PanelDraw,
    Row,
    make_request,
    request_hash,
    write_request,
    write_row,
)
from expert_pool.drawing import draw_panel
from expert_pool.transcript import read_request, write_result
from kernel.errors import IntegrityBroken, Refused
from kernel.fields import Fields

VERSION: Final = 1
RESERVES: Final = 3
FROZEN: Final = "agency-draw.frozen"
PARTIES: Final = ("log",)
FIELDS: Final = ("code", "name", "qualification", "valid_until", "blacklisted")


def listed(rows: Iterable[Mapping[str, Any]], service: str) -> list[dict[str, JsonValue]]:
    """Every agency of a service as the draw shows it, by code."""
    agencies: list[dict[str, JsonValue]] = [
        {
            "code": str(row["code"]),
            "name": str(row["name"]),
            "qualification": str(row["qualification"]),
            "valid_until": str(row["valid_until"]),
            "blacklisted": bool(row.get("blacklisted_for")),
        }
        for row in rows
        if row["service"] == service
    ]
    return sorted(agencies, key=lambda one: str(one["code"]))


def agency_leaf(agency: Mapping[str, JsonValue]) -> str:
    """What stands for an agency in the table."""
    return tagged_hash("agency-leaf", canonical(dict(agency))).hex()


def table_row(agency: Mapping[str, JsonValue], day: str) -> Row:
    """An agency in the table: who is barred has the reason, everybody else the one seat's mask."""
    barred = "blacklist" if agency["blacklisted"] else "expired" if str(agency["valid_until"]) < day else None
    return Row(agency_leaf(agency), 0 if barred else 1, barred)


def freeze_request(
    draw_id: str,
    number: int,
    subject: str,
    service: str,
    day: str,
    agencies: Sequence[Mapping[str, JsonValue]],
) -> DrawRequest:
    """Fix who can be drawn for a subject (`case:ID`, `tender:ID`) on a day.

    Raises:
        Refused: nobody can be drawn.
    """
    rows = [table_row(agency, day) for agency in agencies]
    if all(row.excluded for row in rows):
        raise Refused(rule="agency draw", why="no agency of this service can be drawn today")
    return make_request(draw_id, number, subject, [DrawGroup(service, 1, RESERVES)], PARTIES, rows)


def seed_from(hash: bytes, root: bytes) -> bytes:
    """The seed: the request and the root of the log that came after it."""
    return tagged_hash("agency-draw-seed", hash, root)


def draw_agency(request: DrawRequest, root: bytes) -> PanelDraw:
    """The agency and the reserves that follow from a request and a root, for anyone."""
    return draw_panel(request, seed_from(request_hash(request), root))


def write_agency_transcript(
    request: DrawRequest,
    day: str,
    agencies: Sequence[Mapping[str, JsonValue]],
    freeze: Freeze,
    seed: SeedRoot | None,
) -> dict[str, JsonValue]:
    """The published record; before the draw it has no tree and no result."""
    record: dict[str, JsonValue] = {
        "v": VERSION,
        "request": write_request(request),
        "table": [write_row(row) for row in request.rows],
        "day": day,
        "agencies": [dict(agency) for agency in agencies],
        "freeze": write_freeze(freeze),
    }
    if seed is not None:
        record["tree"] = write_tree(freeze, seed)
        record["result"] = write_result(draw_agency(request, seed.root))
    return record


def check_agency_transcript(data: object) -> dict[str, Any]:
    """Recompute a finished draw from its record and give the agency that was drawn.

    Raises:
        IntegrityBroken: the record contradicts itself; `what` names the step.
        BadInput: it is not a record of this version.
    """
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    request = read_request(fields.take("request"), fields.list("table"))
    # (1) the table is the one that the request names, and follows from the agencies and the day
    agencies, day = _agencies(fields), fields.text("day", 10)
    table = "".join(write_row(row) + "\n" for row in request.rows)
    named = fields.inner("request").text("table_digest", HASH_HEX)
    if sha256(table.encode()).hexdigest() != named:
        _broken("the table is not the one that the request names")
    rows = sorted((table_row(agency, day) for agency in agencies), key=lambda row: row.leaf)
    if tuple(rows) != request.rows:
        _broken("the table is not that of the agencies")
    # (2) the request is the one that these agencies give: one seat, equal chances
    service = request.groups[0].id
    again = freeze_request(request.draw_id, request.number, request.tender_id, service, day, agencies)
    if again != request:
        _broken("the request is not the one that these agencies give")
    # (3) the disclosed entry of the log froze exactly this request
    freeze, hash = read_freeze(fields.inner("freeze")), request_hash(request)
    fact = read_fact(freeze.fact)
    told = (fact.kind, fact.subject, fact.data.get("request_hash"), fact.data.get("day"))
    if told != (FROZEN, request.draw_id, hash.hex(), day):
        _broken("the entry of the log froze something else")
    # (4) that entry stands in the tree, one entry before its end
    seed = check_tree(fields.inner("tree"), freeze)
    # (5) the root gives exactly this result
    result = draw_agency(request, seed.root)
    if write_result(result) != fields.take("result"):
        _broken("the result is not what the root gives")
    fields.done()
    return next(dict(one) for one in agencies if agency_leaf(one) == result.seats[0].leaf)


def _agencies(fields: Fields) -> list[dict[str, JsonValue]]:
    read: list[dict[str, JsonValue]] = []
    for entry in fields.objects("agencies"):
        agency: dict[str, JsonValue] = {name: entry.text(name) for name in FIELDS[:-1]}
        read.append(agency | {"blacklisted": entry.truth("blacklisted")})
        entry.done()
    return read


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"agency draw: {what}")
