"""The pool manager: the pool, imports as JSON or CSV, calling out a drawn panel."""

import csv
import io
from typing import Any

import anyio.to_thread
import litestar
import msgspec
from litestar import Request, Response
from litestar.params import FromPath

from accounts.duties import Duty
from expert_pool import actions, queries
from expert_pool.experts import ACTIVE, Expert
from kernel.errors import BadInput, TenderingError
from tender import queries as tenders
from web.experts import POOL_LIMIT, ExpertShape, PoolRequest
from web.guards import adapters_of
from web.pages.forms import FileForm
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

PER_PAGE = 50
COLUMNS = ("number", "name", "employer", "specialties", "region", "standing", "valid_until", "sign_in")
"""Of a CSV file; specialties are separated by semicolons."""


@get("/pool")
def show_pool(request: Request[Any, Any, Any], after: str = "", imported: int = 0) -> Response[str]:
    """The pool by number, and the drawn panels that wait to be called."""
    return render(request, "pool-list.html", imported=imported, **pool_values(request, after))


def pool_values(request: Request[Any, Any, Any], after: str = "") -> dict[str, Any]:
    """One page of the pool."""
    actor_of(request, Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        rows = queries.pool_page(session, after, PER_PAGE)
        entries = [queries.entry(session, row)[0] for row in rows]
        drawn = [(d, tenders.tender(session, d.tender_id)) for d in queries.draws(session) if d.drawn_at]
        count = queries.pool_size(session)
    following = rows[-1].number if len(rows) == PER_PAGE else ""
    return {"experts": entries, "count": count, "following": following, "drawn": drawn, "columns": COLUMNS}


@litestar.post("/pool", request_max_body_size=POOL_LIMIT)
async def import_pool(request: Request[Any, Any, Any]) -> Response[Any]:
    """Add experts, or replace those with the same number; a wrong line refuses the whole file and is named."""
    form = FileForm(request)
    try:
        await form.begin()
        content = b"".join([chunk async for chunk in form.chunks()])
    except BadInput:
        content = b""

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
        try:
            entries = [entry_of(shape) for shape in read_experts(form.filename, content)]
            with adapters.database.transaction() as session:
                count = actions.import_pool(session, actor=actor, entries=entries, now=adapters.clock.now())
        except TenderingError as error:
            return refuse(request, "pool-list.html", error, field="file", imported=0, **pool_values(request))
        return see(f"/pool?imported={count}")

    return await anyio.to_thread.run_sync(work)


def read_experts(name: str, content: bytes) -> tuple[ExpertShape, ...]:
    """The experts of a file, JSON or CSV; raises BadInput with the line."""
    if not content:
        raise BadInput(where="file", why="choose a file")
    try:
        if name.lower().endswith(".csv"):
            return tuple(read_lines(content.decode("utf-8-sig")))
        if content.lstrip().startswith(b"["):
            content = b'{"experts":' + content + b"}"
        return tuple(msgspec.json.decode(content, type=PoolRequest).experts)
    except UnicodeDecodeError:
        raise BadInput(where="file", why="save the file as UTF-8") from None
    except msgspec.DecodeError as error:
        raise BadInput(where="file", why=f"the value at {place_of(error)} cannot be used") from None


def place_of(error: msgspec.DecodeError) -> str:
    """Which field msgspec refuses; its own words are not repeated."""
    return str(error).rpartition("`$")[2].rstrip("`").lstrip(".") or "the start"


def read_lines(content: str) -> list[ExpertShape]:
    """The experts of a CSV file whose first line names the columns."""
    reader = csv.DictReader(io.StringIO(content, newline=""))
    if not set(reader.fieldnames or ()) >= {"number", "name", "employer", "specialties"}:
        raise BadInput(where="file", why="name the columns number, name, employer and specialties in line 1")
    shapes = []
    for row in reader:
        fields: dict[str, Any] = {key: (row.get(key) or "").strip() for key in COLUMNS}
        fields["specialties"] = [word.strip() for word in fields["specialties"].split(";") if word.strip()]
        fields["valid_until"] = fields["valid_until"] or None
        fields["standing"] = fields["standing"] or ACTIVE
        try:
            shapes.append(msgspec.convert(fields, ExpertShape))
        except msgspec.ValidationError as error:
            why = f"line {reader.line_num}: the value of {place_of(error)} cannot be used"
            raise BadInput(where="file", why=why) from None
    return shapes


def entry_of(shape: ExpertShape) -> actions.PoolEntry:
    """An expert as the action takes it."""
    expert = Expert(
        number=shape.number,
        name=shape.name,
        employer=shape.employer,
        region=shape.region,
        specialties=frozenset(shape.specialties),
        standing=shape.standing,
        valid_until=shape.valid_until,
    )
    return actions.PoolEntry(expert, shape.sign_in)


@post("/pool/panels/{tender_id:str}")
def call_out(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The names of a drawn panel, for the calls only; each look is logged."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        members = actions.call_out(session, actor=actor, tender_id=tender_id, now=adapters.clock.now())
        record = tenders.tender(session, tender_id)
    return render(request, "pool-panel.html", members=members, tender=record)


ROUTES = [show_pool, import_pool, call_out]
