"""The pool manager: the pool with its filters, imports from files, calling out a drawn panel."""

import csv
import io
from typing import Any

import anyio.to_thread
import litestar
import msgspec
from litestar import Request, Response
from litestar.params import FromPath

from accounts.duties import Duty
from crypto.canonical import JsonValue
from expert_pool import actions, queries
from expert_pool.actions.decoys import look_up
from expert_pool.actions.pool import ImportReport, import_file
from expert_pool.experts import STANDINGS, Expert
from expert_pool.pool_file import EXAMPLE, HEADINGS, PoolFile, read_pool_file
from expert_pool.pool_table import Fault, csv_lines, write_csv
from expert_pool.queries import candidates, pool
from expert_pool.queries.applications import open_applications
from expert_pool.queries.appraisals import open_objections
from kernel.errors import BadInput, BadPoolFile, NotFound, TenderingError
from tender import queries as tenders
from web.draw_room import DRAW_ROOM
from web.experts import NOT_IN_JSON, POOL_LIMIT, ExpertShape, PoolRequest
from web.guards import adapters_of
from web.language import language_of, translate, translate_reason
from web.pages.forms import FileForm
from web.pages.render import actor_of, refuse, render, see
from web.pool_workbook import read_workbook_apart, write_workbook
from web.routes import get, post

PER_PAGE = 50
WORKBOOK, JSON = (".xlsx",), (".json",)
ALL_OR_NOTHING, GOOD_LINES, CHECK_ONLY = "all", "good", "check"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/pool")
def show_pool(
    request: Request[Any, Any, Any],
    after: str = "",
    imported: int = 0,
    specialty: str = "",
    region: str = "",
    standing: str = "",
) -> Response[str]:
    """The pool by number, and the drawn panels that wait to be called."""
    look = pool.PoolLook(specialty.strip(), region.strip(), standing)
    return render(request, "pool-list.html", imported=imported, **pool_values(request, after, look))


@post("/pool/search")
def search_pool(
    request: Request[Any, Any, Any], data: litestar.params.URLEncodedBody[dict[str, Any]]
) -> Response[str]:
    """Find entries by their whole name; a post, for a name must not stand in an address."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    look = pool.PoolLook(name=str(data.get("name", "")))
    with adapters.database.transaction() as session:
        look_up(session, actor=actor, name=look.name, now=adapters.clock.now())
    return render(request, "pool-list.html", imported=0, **pool_values(request, "", look))


def pool_values(
    request: Request[Any, Any, Any], after: str = "", look: pool.PoolLook | None = None
) -> dict[str, Any]:
    """One page of the pool, and what waits for its manager."""
    actor_of(request, Duty.POOL_MANAGER)
    look = look or pool.PoolLook()
    with adapters_of(request).database.reading() as session:
        rows = pool.pool_page(session, after, PER_PAGE, look)
        drawn = [(d, tenders.tender(session, d.tender_id)) for d in queries.draws(session) if d.drawn_at]
        return {
            "experts": [(row, queries.entry(session, row)[0]) for row in rows],
            "count": queries.pool_size(session),
            "following": rows[-1].number if len(rows) == PER_PAGE else "",
            "drawn": drawn,
            "avoided": {d.tender_id: candidates.avoidances(session, d.tender_id) for d, _ in drawn},
            "columns": list(HEADINGS),
            "look": look,
            "regions": pool.regions(session),
            "standings": STANDINGS,
            "applications": len(open_applications(session)),
            "objections": len(open_objections(session)),
        }


@get("/pool/template/{form:str}")
def download_template(request: Request[Any, Any, Any], form: FromPath[str]) -> Response[bytes]:
    """A file to fill in: the columns and one example."""
    actor_of(request, Duty.POOL_MANAGER)
    rows = [list(HEADINGS), [EXAMPLE.get(key, "") for key in HEADINGS]]
    if form == "csv":
        return attachment(write_csv(rows), "experts.csv", "text/csv")
    if form == "xlsx":
        return attachment(write_workbook(rows), "experts.xlsx", XLSX)
    raise NotFound(what="template", id=form)


@litestar.post("/pool", request_max_body_size=POOL_LIMIT + (1 << 16))
async def import_pool(request: Request[Any, Any, Any]) -> Response[Any]:
    """Add experts, or replace those with the same number; wrong lines are named, by default nothing is imported."""
    form = FileForm(request)
    try:
        await form.begin()
        content = b"".join([chunk async for chunk in form.chunks()])
    except BadInput:
        content = b""

    def work() -> Response[Any]:
        actor_of(request, Duty.POOL_MANAGER)
        try:
            if not content:
                raise BadInput(where="file", why="choose a file")
            return take_file(request, form.filename, content, form.fields.get("mode", ALL_OR_NOTHING))
        except TenderingError as error:
            faults = error.facts["faults"] if isinstance(error, BadPoolFile) else ()
            return refuse(
                request,
                "pool-list.html",
                error,
                field="file",
                imported=0,
                faults=faults,
                **pool_values(request),
            )

    return await anyio.to_thread.run_sync(work)


def take_file(request: Request[Any, Any, Any], name: str, content: bytes, mode: str) -> Response[Any]:
    """Import a file, or answer with the report of what is wrong in it."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    now = adapters.clock.now()
    if name.casefold().endswith(JSON):
        entries = [entry_of(shape) for shape in read_json(content)]
        with adapters.database.transaction() as session:
            count = actions.import_pool(session, actor=actor, entries=entries, now=now)
        return see(f"/pool?imported={count}")
    file = read_file(name, content)
    if mode == CHECK_ONLY:
        return report_file(request, file.faults)
    with adapters.database.transaction() as session:
        report: ImportReport = import_file(
            session, actor=actor, file=file, keep_good=mode == GOOD_LINES, now=now
        )
    if not report.faults:
        return see(f"/pool?imported={report.imported}")
    values = pool_values(request)
    return render(request, "pool-list.html", imported=report.imported, faults=report.faults, **values)


def read_file(name: str, content: bytes) -> PoolFile:
    """The good lines and the faults of a CSV file or a workbook; raises BadInput for what is neither."""
    if name.casefold().endswith(WORKBOOK):
        return read_pool_file(*read_workbook_apart(content))
    return read_pool_file(csv_lines(content))


def report_file(request: Request[Any, Any, Any], faults: tuple[Fault, ...]) -> Response[bytes]:
    """Every fault as a CSV file that no spreadsheet runs."""
    language = language_of(request)
    head = [translate(language, text) for text in ("Line", "Column", "What is wrong")]
    rows = [[str(one.line), one.column, translate_reason(language, one.why)] for one in faults]
    return attachment(write_csv([head, *rows]), "report.csv", "text/csv")


def attachment(body: bytes, name: str, kind: str) -> Response[bytes]:
    """A file for the reader's disk."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=kind, headers=headers, status_code=200)


def read_json(content: bytes) -> tuple[ExpertShape, ...]:
    """The experts of a JSON file; raises BadInput with the place."""
    try:
        if content.lstrip().startswith(b"["):
            content = b'{"experts":' + content + b"}"
        return tuple(msgspec.json.decode(content, type=PoolRequest).experts)
    except (UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BadInput(where="file", why=f"the value at {place_of(error)} cannot be used") from None


def place_of(error: Exception) -> str:
    """Which field msgspec refuses; its own words are not repeated."""
    return str(error).rpartition("`$")[2].rstrip("`").lstrip(".") or "the start"


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
    return actions.PoolEntry(expert, shape.sign_in, absent=NOT_IN_JSON)


def read_form(given: dict[str, JsonValue]) -> PoolFile:
    """A filled-in form, read as the one line of a file would be."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([list(given), [str(value) for value in given.values()]])
    return read_pool_file(csv_lines(out.getvalue().encode()))


@post("/pool/panels/{tender_id:str}", opt=DRAW_ROOM)
def call_out(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The names of a drawn panel, for the calls only; each look is logged."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        members = actions.call_out(session, actor=actor, tender_id=tender_id, now=adapters.clock.now())
        record = tenders.tender(session, tender_id)
    return render(request, "pool-panel.html", members=members, tender=record)


ROUTES = [show_pool, search_pool, download_template, import_pool, call_out]
