"""The published record of a draw, and the check that recomputes all of it.

Format: docs/formats/draw-record.md. `check_transcript` follows the numbered steps of that page.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NoReturn

from crypto.canonical import JsonValue, b64, unb64
from expert_pool.draw import (
    SECRET_BYTES,
    DrawClass,
    DrawGroup,
    DrawRequest,
    PanelDraw,
    Reveal,
    Row,
    Seat,
    check_reveal,
    draw_panel,
    request_hash,
    seed_of,
    write_request,
    write_row,
)
from expert_pool.leximin import MOST_GROUPS, check_fillable, leximin
from kernel.errors import BadInput, IntegrityBroken, TenderingError
from kernel.fields import Fields

VERSION: Final = 1
HASH_HEX = 64


def write_transcript(
    request: DrawRequest, commitments: Mapping[str, bytes], reveals: Sequence[Reveal], result: PanelDraw
) -> dict[str, JsonValue]:
    """The record as JSON: request, table, commitments, reveals, result."""
    return {
        "v": VERSION,
        "request": write_request(request),
        "table": [write_row(row) for row in request.rows],
        "request_hash": request_hash(request).hex(),
        "commitments": [
            {"party": party, "commitment": commitments[party].hex()} for party in request.parties
        ],
        "reveals": [{"party": reveal.party, "secret": b64(reveal.secret)} for reveal in reveals],
        "result": write_result(result),
    }


def write_result(result: PanelDraw) -> dict[str, JsonValue]:
    """Seats and reserves as JSON."""
    return {
        "seats": [{"group": seat.group, "leaf": seat.leaf} for seat in result.seats],
        "reserves": {group: list(leaves) for group, leaves in result.reserves.items()},
    }


def read_result(data: Mapping[str, Any]) -> PanelDraw:
    """Seats and reserves from a result that this platform wrote."""
    seats = tuple(Seat(seat["group"], seat["leaf"]) for seat in data["seats"])
    return PanelDraw(seats, {group: tuple(leaves) for group, leaves in data["reserves"].items()})


def check_transcript(data: object) -> PanelDraw:
    """Recompute a draw from its published record and give the panel.

    Raises:
        IntegrityBroken: the record contradicts itself; `what` names the step.
        BadInput: it is not a draw record of this version.
    """
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    request = read_request(fields.take("request"), fields.list("table"))
    # (1) the table is sorted, has no leaf twice, and its digest stands in the request
    _check_table(request, fields.inner("request").text("table_digest"))
    # (2) the classes are counted from the table, and the chances are the leximin chances
    # (3) the spread gives each expert his chance and each group its seats
    _check_chances(request)
    # (4) the request hash
    hash = request_hash(request)
    if fields.text("request_hash") != hash.hex():
        _broken("the request hash is not that of the request")
    # (5) each party of the request committed once and revealed once, in order, and the two match
    reveals = _check_reveals(request, hash, fields)
    # (6) the seed gives exactly this panel and these reserves
    result = draw_panel(request, seed_of(hash, reveals))
    if write_result(result) != fields.take("result"):
        _broken("the result is not what the seed gives")
    fields.done()
    return result


def read_request(data: object, table: Sequence[object]) -> DrawRequest:
    """Read a published request with its table; nothing is recomputed yet."""
    fields = Fields(data, path="request")
    fields.whole("v", VERSION, VERSION)
    groups = tuple(_group(group) for group in fields.objects("groups"))
    if not 1 <= len(groups) <= MOST_GROUPS or len({group.id for group in groups}) != len(groups):
        fields.fail("groups", f"from 1 to {MOST_GROUPS} different groups are needed")
    if fields.has("employer_cap"):
        fields.fail("employer_cap", "this version knows no limit per employer")
    parties = fields.list("parties")
    if not parties or len(set(map(str, parties))) != len(parties):
        fields.fail("parties", "different parties are needed")
    fields.text("table_digest", HASH_HEX)
    request = DrawRequest(
        draw_id=fields.text("draw_id", 80),
        number=fields.whole("number", 1, 2**53 - 1),
        tender_id=fields.text("tender_id", 80),
        groups=groups,
        parties=tuple(str(party) for party in parties),
        rows=tuple(_row(line, number, len(groups)) for number, line in enumerate(table)),
        classes=tuple(_class(cls, groups) for cls in fields.objects("classes")),
    )
    fields.done()
    return request


def _check_table(request: DrawRequest, digest: str) -> None:
    leaves = [row.leaf for row in request.rows]
    if any(one >= other for one, other in pairwise(leaves)):
        _broken("the table is not in order of its leaves")
    if write_request(request)["table_digest"] != digest:
        _broken("the table is not the one that the request names")


def _check_chances(request: DrawRequest) -> None:
    counts = Counter(row.mask for row in request.rows if row.excluded is None)
    quotas = [group.quota for group in request.groups]
    if [(cls.mask, cls.experts) for cls in request.classes] != sorted(counts.items()):
        _broken("the classes are not those of the table")
    try:
        check_fillable(quotas, counts, [group.id for group in request.groups])
    except TenderingError:
        _broken("the pool cannot fill the seats")
    if {cls.mask: cls.chance for cls in request.classes} != leximin(quotas, counts):
        _broken("the chances are not the most equal ones")
    filled = [Fraction(0)] * len(quotas)
    for cls in request.classes:
        if sum(cls.split.values()) != cls.chance:
            _broken("the spread of a class does not add up to its chance")
        for g, share in cls.split.items():
            if share <= 0 or not cls.mask >> g & 1:
                _broken("a class is spread over a group that it may not fill")
            filled[g] += share * cls.experts
    if filled != quotas:
        _broken("the spread does not fill each group's seats")


def _check_reveals(request: DrawRequest, hash: bytes, fields: Fields) -> list[Reveal]:
    committed, reveals = [], []
    for entry in fields.objects("commitments"):
        committed.append((entry.text("party"), entry.text("commitment", HASH_HEX)))
        entry.done()
    for entry in fields.objects("reveals"):
        reveals.append(Reveal(entry.text("party"), unb64(entry.text("secret"), length=SECRET_BYTES)))
        entry.done()
    named = list(request.parties)
    if [party for party, _ in committed] != named or [reveal.party for reveal in reveals] != named:
        _broken("not every party committed and revealed once, in the order of the request")
    for (_, text), reveal in zip(committed, reveals, strict=True):
        try:
            check_reveal(hash, bytes.fromhex(text), reveal)
        except (TenderingError, ValueError):
            _broken(f"the reveal of {reveal.party} does not match its commitment")
    return reveals


def _group(fields: Fields) -> DrawGroup:
    group = DrawGroup(fields.text("id", 40), fields.whole("quota", 1, 99), fields.whole("reserves", 0, 999))
    fields.done()
    return group


def _row(line: object, number: int, groups: int) -> Row:
    parts = line.split(" ") if isinstance(line, str) else []
    if len(parts) == 3 and len(parts[0]) == HASH_HEX and parts[1].isdecimal():
        row = Row(parts[0], int(parts[1]), None if parts[2] == "-" else parts[2])
        sound = row.mask == 0 if row.excluded else 0 < row.mask < 1 << groups
        if sound and set(row.leaf) <= set("0123456789abcdef") and write_row(row) == line:
            return row
    raise BadInput(where=f"table[{number}]", why="a row is a leaf in hex, a mask and a code or -")


def _class(fields: Fields, groups: Sequence[DrawGroup]) -> DrawClass:
    numbers = {group.id: number for number, group in enumerate(groups)}
    split = fields.inner("split")
    shares = {}
    for id in sorted(split.data, key=lambda id: numbers.get(id, -1)):
        if id not in numbers:
            split.fail(id, "there is no such group")
        shares[numbers[id]] = _fraction(split, id)
    mask, experts = fields.whole("mask", 1, (1 << len(groups)) - 1), fields.whole("experts", 1, 2**53 - 1)
    cls = DrawClass(mask, experts, _fraction(fields, "chance"), shares)
    fields.done()
    return cls


def _fraction(fields: Fields, key: str) -> Fraction:
    text = fields.text(key, 400)
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if str(value) != text or not 0 < value <= 1:
        fields.fail(key, "a fraction in lowest terms above 0 and up to 1 is needed, such as 1/3")
    return value


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"draw record: {what}")
