"""The published record of a draw, and the check that recomputes all of it.

Format: docs/formats/draw-record.md. `check_transcript` follows the numbered steps of that page.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NoReturn

from crypto.canonical import JsonValue, b64, unb64
from expert_pool.chances import Path, innermost
from expert_pool.draw import (
    ABSENT,
    SECRET_BYTES,
    DrawClass,
    DrawGroup,
    DrawRequest,
    DrawTerms,
    PanelDraw,
    Reveal,
    Round,
    Row,
    Seat,
    check_reveal,
    make_request,
    request_hash,
    seed_of,
    write_request,
    write_row,
    write_table,
)
from expert_pool.drawing import draw_panel
from expert_pool.late_value import DrandRule, late_value, read_late_rule
from expert_pool.leximin import MOST_GROUPS
from expert_pool.lottery_record import read_lottery, wrong_with_lottery
from expert_pool.nonces import Nonces, nonces_hash, read_nonces, write_nonces
from kernel.errors import BadInput, IntegrityBroken, TenderingError
from kernel.fields import Fields

VERSIONS: Final = (1, 4)  # the oldest and the newest
HASH_HEX = 64
LONGEST_FRACTION = 4000  # characters; the shares of a pool of 100,000 take some hundred
MOST_CAPS = 3
MOST_ROUNDS = 99


def write_transcript(
    request: DrawRequest,
    commitments: Mapping[str, bytes],
    reveals: Sequence[Reveal],
    result: PanelDraw,
    late: str | None = None,
    nonces: Nonces | None = None,
) -> dict[str, JsonValue]:
    """The record as JSON: request, table, commitments, reveals, result; `late` is what the late rule asks for.

    `nonces` are those whose hash stands in the request.
    """
    return {
        "v": request.version,
        "request": write_request(request),
        "table": write_table(request),
        "request_hash": request_hash(request).hex(),
        "commitments": [
            {"party": party, "commitment": commitments[party].hex()} for party in request.parties
        ],
        "reveals": [
            {"party": reveal.party, "secret": None if reveal.secret == ABSENT else b64(reveal.secret)}
            for reveal in reveals
        ],
        "result": write_result(result),
        **({} if late is None else {"late": late}),
        **({} if nonces is None else {"nonces": write_nonces(nonces)}),
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
    version = fields.whole("v", *VERSIONS)
    request = read_request(fields.take("request"), fields.list("table"))
    if request.version != version:
        fields.fail("v", "record and request are of different versions")
    # (1) the table is sorted, has no leaf twice, and its digest stands in the request
    _check_table(request, fields.inner("request").text("table_digest"))
    # (2) the classes are counted from the table, and the chances are the leximin chances within the caps
    # (3) the spread gives each expert his chance and each group its seats
    _check_chances(request)
    # (4) the request hash
    hash = request_hash(request)
    if fields.text("request_hash") != hash.hex():
        _broken("the request hash is not that of the request")
    _check_nonces(request, fields)
    # (5) each party of the request committed once and revealed once, in order, and the two match
    reveals = _check_reveals(request, hash, fields)
    # (6) the late value is the one that the request names
    late = _late(request, fields)
    # (7) the seed gives exactly this panel and these reserves
    result = draw_panel(request, seed_of(hash, reveals, late))
    if write_result(result) != fields.take("result"):
        _broken("the result is not what the seed gives")
    fields.done()
    return result


def read_request(data: object, table: Sequence[object]) -> DrawRequest:
    """Read a published request with its table; nothing is recomputed yet."""
    fields = Fields(data, path="request")
    version = fields.whole("v", *VERSIONS)
    groups = tuple(_group(group) for group in fields.objects("groups"))
    if not 1 <= len(groups) <= MOST_GROUPS or len({group.id for group in groups}) != len(groups):
        fields.fail("groups", f"from 1 to {MOST_GROUPS} different groups are needed")
    parties = fields.list("parties")
    if not parties or len(set(map(str, parties))) != len(parties):
        fields.fail("parties", "different parties are needed")
    fields.text("table_digest", HASH_HEX)
    terms, bound = _terms(fields, version)
    classes = tuple(_class(cls, groups, version) for cls in fields.objects("classes"))
    caps = len(terms.caps) if terms else 0
    request = DrawRequest(
        draw_id=fields.text("draw_id", 80),
        number=fields.whole("number", 1, 2**53 - 1),
        tender_id=fields.text("tender_id", 80),
        groups=groups,
        parties=tuple(str(party) for party in parties),
        rows=tuple(_row(line, number, len(groups), version, caps) for number, line in enumerate(table)),
        classes=classes,
        terms=terms,
        bound=bound,
        lottery=read_lottery(fields, classes) if version > 3 else None,
    )
    fields.done()
    return request


def _terms(fields: Fields, version: int) -> tuple[DrawTerms | None, tuple[Path, ...]]:
    if version == 1:
        if fields.has("employer_cap"):
            fields.fail("employer_cap", "this version knows no limit per employer")
        return None, ()
    caps = fields.list("caps")
    if len(caps) > MOST_CAPS or not all(isinstance(cap, int) and 1 <= cap <= 99 for cap in caps):
        fields.fail("caps", f"up to {MOST_CAPS} caps from 1 to 99 are allowed")
    bound = tuple(_path(text) for text in fields.list("bound"))
    if fields.data["verifier"] != "":
        fields.text("verifier", HASH_HEX)
    else:
        fields.take("verifier")
    late, round = read_late_rule(fields), _round(fields) if version > 2 else None
    return DrawTerms(tuple(int(str(cap)) for cap in caps), late, str(fields.data["verifier"]), round), bound


def _round(fields: Fields) -> Round:
    number, continues = fields.whole("round", 1, MOST_ROUNDS), ""
    seats: tuple[str, ...] = ()
    if fields.data.get("continues") is not None:
        before = fields.inner("continues")
        continues, seats = before.text("request", HASH_HEX), tuple(map(str, before.list("seats")))
        before.done()
    fields.take("continues")
    if (number > 1) != bool(seats) or len(set(seats)) != len(seats):
        fields.fail("continues", "a later round, and no other, names what it continues and different seats")
    nonces = str(fields.take("nonces")) and fields.text("nonces", HASH_HEX)
    return Round(number, continues, seats, nonces)


def _late(request: DrawRequest, fields: Fields) -> bytes | None:
    rule = request.terms.late if request.terms else None
    return late_value(rule, fields.text("late", 400)) if rule else None


def _check_nonces(request: DrawRequest, fields: Fields) -> None:
    frozen = request.terms.round.nonces if request.terms and request.terms.round else ""
    told = nonces_hash(read_nonces(fields.list("nonces"))) if fields.has("nonces") else ""
    if told != frozen:
        _broken("the bidders' nonces are not those that the request froze")


def _check_table(request: DrawRequest, digest: str) -> None:
    leaves = [row.leaf for row in request.rows]
    if any(one >= other for one, other in pairwise(leaves)):
        _broken("the table is not in order of its leaves")
    if write_request(request)["table_digest"] != digest:
        _broken("the table is not the one that the request names")


def _check_chances(request: DrawRequest) -> None:
    if request.lottery is not None:
        if wrong := wrong_with_lottery(request):
            _broken(wrong)
        return
    kinds = frozenset(request.bound)
    counts = Counter((row.mask, innermost(row.employers, kinds)) for row in request.eligible)
    if [((cls.mask, cls.employer), cls.experts) for cls in request.classes] != sorted(counts.items()):
        _broken("the classes are not those of the table")
    try:
        again = make_request(
            request.draw_id,
            request.number,
            request.tender_id,
            request.groups,
            request.parties,
            request.rows,
            request.terms,
        )
    except TenderingError:
        _broken("the pool cannot fill the seats")
    chances = [(cls.mask, cls.employer, cls.chance) for cls in request.classes]
    if (
        again.lottery
        or request.bound != again.bound
        or chances != [(c.mask, c.employer, c.chance) for c in again.classes]
    ):
        _broken("the chances are not the most equal ones")
    filled = [Fraction(0)] * len(request.groups)
    for cls in request.classes:
        if sum(cls.split.values()) != cls.chance:
            _broken("the spread of a class does not add up to its chance")
        for g, share in cls.split.items():
            if share <= 0 or not cls.mask >> g & 1:
                _broken("a class is spread over a group that it may not fill")
            filled[g] += share * cls.experts
    if filled != [group.quota for group in request.groups]:
        _broken("the spread does not fill each group's seats")


def _check_reveals(request: DrawRequest, hash: bytes, fields: Fields) -> list[Reveal]:
    committed, reveals = [], []
    for entry in fields.objects("commitments"):
        committed.append((entry.text("party"), entry.text("commitment", HASH_HEX)))
        entry.done()
    for entry in fields.objects("reveals"):
        is_given = entry.has("secret")
        secret = unb64(entry.text("secret"), length=SECRET_BYTES) if is_given else ABSENT
        reveals.append(Reveal(entry.text("party"), secret))
        entry.done()
    named = list(request.parties)
    if [party for party, _ in committed] != named or [reveal.party for reveal in reveals] != named:
        _broken("not every party committed and revealed once, in the order of the request")
    may_be_absent = request.terms is not None and isinstance(request.terms.late, DrandRule)
    if all(reveal.secret == ABSENT for reveal in reveals):
        _broken("nobody revealed")
    for (_, text), reveal in zip(committed, reveals, strict=True):
        if reveal.secret == ABSENT and may_be_absent:
            continue
        try:
            check_reveal(hash, bytes.fromhex(text), reveal)
        except (TenderingError, ValueError):
            _broken(f"the reveal of {reveal.party} does not match its commitment")
    return reveals


def _group(fields: Fields) -> DrawGroup:
    group = DrawGroup(fields.text("id", 40), fields.whole("quota", 1, 99), fields.whole("reserves", 0, 999))
    fields.done()
    return group


def _row(line: object, number: int, groups: int, version: int, caps: int) -> Row:
    parts = line.split(" ") if isinstance(line, str) else []
    if len(parts) == (3 if version == 1 else 5) and len(parts[0]) == HASH_HEX and parts[1].isdecimal():
        tags, kin = ["" if part == "-" else part for part in (parts[3:] or "--")]
        row = Row(
            parts[0],
            int(parts[1]),
            None if parts[2] == "-" else parts[2],
            tuple(filter(None, tags.split("."))),
            kin,
        )
        sound = row.mask == 0 if row.excluded else 0 < row.mask < 1 << groups
        sound = sound and len(row.employers) == (0 if row.excluded else caps)
        hashes = set(row.leaf + "".join(row.employers) + kin)
        if sound and hashes <= set("0123456789abcdef") and write_row(row, version) == line:
            return row
    why = "a row is a leaf in hex, a mask, a code or -, and since version 2 the tags of employers and of kin or -"
    raise BadInput(where=f"table[{number}]", why=why)


def _path(text: object) -> Path:
    return tuple(part for part in str(text).split(".") if part)


def _class(fields: Fields, groups: Sequence[DrawGroup], version: int) -> DrawClass:
    shares = _shares(fields.inner("split"), groups) if version < 4 else {}
    mask, experts = fields.whole("mask", 1, (1 << len(groups)) - 1), fields.whole("experts", 1, 2**53 - 1)
    employer = _path(fields.take("employer")) if version > 1 else ()
    chance = Fraction(0) if version > 1 and fields.data.get("chance") == "0" else _fraction(fields, "chance")
    fields.take("chance")
    kin = str(fields.take("kin")) if version > 3 else ""
    cls = DrawClass(mask, experts, chance, shares, employer, kin)
    fields.done()
    return cls


def _shares(split: Fields, groups: Sequence[DrawGroup]) -> dict[int, Fraction]:
    numbers = {group.id: number for number, group in enumerate(groups)}
    shares = {}
    for id in sorted(split.data, key=lambda id: numbers.get(id, -1)):
        if id not in numbers:
            split.fail(id, "there is no such group")
        shares[numbers[id]] = _fraction(split, id)
    return shares


def _fraction(fields: Fields, key: str) -> Fraction:
    text = fields.text(key, LONGEST_FRACTION)
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if str(value) != text or not 0 < value <= 1:
        fields.fail(key, "a fraction in lowest terms above 0 and up to 1 is needed, such as 1/3")
    return value


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"draw record: {what}")
