"""The centre office's registers, the clean-up rounds, the frozen years, and the settings of the centre."""

import json
from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts.duties import Duty
from approval.actions import catalogue_rounds as rounds
from approval.actions import registers as acts
from approval.actions.settings import put_setting
from approval.catalogue import read_day
from approval.csv_lines import write_csv
from approval.judgements import failing_windows
from approval.queries import catalogue, registers, settings
from approval.register_list import REGISTERS, register_named
from approval.registers import figures
from approval.settings import SETTINGS
from kernel.errors import BadInput, TenderingError
from web.guards import adapters_of
from web.pages.centre_items import office
from web.pages.forms import FileForm, text, whole
from web.pages.render import actor_of, refuse, render, see
from web.registers import IMPORT_LIMIT, csv_rows
from web.routes import get, post

PER_PAGE = 50


@get("/centre/registers")
def list_registers(request: Request[Any, Any, Any]) -> Response[str]:
    """Every register with its number of rows."""
    office(request)
    with adapters_of(request).database.reading() as session:
        counts = registers.counts(session)
        failing = failing_windows(registers.bodies(session, "five_standards"))
    return render(
        request, "centre-registers.html", registers=REGISTERS.values(), counts=counts, failing=failing
    )


@get("/centre/registers/{name:str}")
def show_register(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    q: FromQuery[str] = "",
    site: FromQuery[str] = "",
    page: int = 1,
    imported: int = 0,
) -> Response[str]:
    """One register: its figures and its rows."""
    values = register_values(request, name, q, site, max(page, 1))
    return render(request, "centre-register.html", imported=imported, **values)


def register_values(
    request: Request[Any, Any, Any], name: str, q: str = "", site: str = "", page: int = 1
) -> dict[str, Any]:
    """One page of a register."""
    office(request)
    register = register_named(name)
    with adapters_of(request).database.reading() as session:
        rows = registers.rows(
            session, name, site=site, words=q[:100], first=(page - 1) * PER_PAGE, limit=PER_PAGE
        )
        count = registers.count(session, name, site=site, words=q[:100])
        told = figures(register, registers.bodies(session, name))
    return {
        "register": register,
        "rows": [
            (row.key, shown) for row, shown in zip(rows, csv_rows(name, [r.body for r in rows]), strict=True)
        ],
        "figures": told,
        "count": count,
        "page": page,
        "pages": -(-count // PER_PAGE),
        "q": q,
        "site_code": site,
    }


@get("/centre/registers/{name:str}/rows.csv")
def export_register(
    request: Request[Any, Any, Any], name: FromPath[str], site: FromQuery[str] = ""
) -> Response[str]:
    """The register as CSV, of one site where it is given; the file can be imported again."""
    office(request)
    register = register_named(name)
    with adapters_of(request).database.reading() as session:
        rows = csv_rows(name, registers.bodies(session, name, site=site))
    return Response(
        write_csv([column.name for column in register.columns], rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


@litestar.post("/centre/registers/{name:str}/file", request_max_body_size=IMPORT_LIMIT)
async def import_register(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
    """Import rows; a wrong line refuses the whole file, and every wrong line is named."""
    form = FileForm(request)
    try:
        await form.begin()
        content = b"".join([chunk async for chunk in form.chunks()])
    except BadInput:
        content = b""

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.CENTRE_OFFICE)
        register = register_named(name)
        try:
            if not content:
                raise BadInput(where="file", why="choose a file")
            with adapters.database.transaction() as session:
                count = acts.import_rows(
                    session, actor=actor, register=register, content=content, now=adapters.clock.now()
                )
        except TenderingError as error:
            values = register_values(request, name)
            return refuse(request, "centre-register.html", error, field="file", imported=0, **values)
        return see(f"/centre/registers/{name}?imported={count}")

    return await anyio.to_thread.run_sync(work)


@post("/centre/registers/{name:str}/remove")
def remove_row(
    request: Request[Any, Any, Any], name: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take one row out."""
    adapters, actor = adapters_of(request), office(request)
    register = register_named(name)
    with adapters.database.transaction() as session:
        acts.remove_row(
            session, actor=actor, register=register, key=text(data, "key"), now=adapters.clock.now()
        )
    return see(f"/centre/registers/{name}")


@get("/centre/catalogue")
def show_catalogue(request: Request[Any, Any, Any]) -> Response[str]:
    """Clean-up rounds, frozen years, and the settings of the catalogue."""
    return render(request, "centre-catalogue.html", form={}, **catalogue_values(request))


def catalogue_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the office keeps of the whole catalogue."""
    office(request)
    with adapters_of(request).database.reading() as session:
        return {
            "rounds": catalogue.rounds(session),
            "years": catalogue.frozen_years(session),
            "settings": {
                key: json.dumps(settings.value(session, setting), ensure_ascii=False)
                for key, setting in SETTINGS.items()
            },
        }


@post("/centre/catalogue")
def change_catalogue(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Hold a round, freeze a year, or put a setting."""
    adapters, actor = adapters_of(request), office(request)
    act, now = text(data, "act"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if act == "round":
                rounds.hold_round(session, actor=actor, command=read_round(data), now=now)
            elif act == "year":
                rounds.freeze_year(session, actor=actor, year=whole(data, "year"), now=now)
            elif act in SETTINGS:
                value = read_value(text(data, "value"), act)
                put_setting(session, actor=actor, setting=SETTINGS[act], value=value, now=now)
            else:
                raise BadInput(where="act", why="choose what to do")
    except TenderingError as error:
        field = act if act in SETTINGS else str(error.facts.get("where", "number"))
        values = catalogue_values(request)
        return refuse(request, "centre-catalogue.html", error, field=field, form=data, **values)
    return see("/centre/catalogue")


def read_round(data: dict[str, Any]) -> rounds.Round:
    """A round from its form: codes one a line, totals as `name: number` one a line."""
    return rounds.Round(
        number=whole(data, "number"),
        held_on=read_day(text(data, "held_on"), "held_on"),
        note=text(data, "note")[:400],
        ended={word: tuple(text(data, word).split()) for word in rounds.ROUND_MOVES if text(data, word)},
        before=read_totals(text(data, "before"), "before"),
        after=read_totals(text(data, "after"), "after"),
    )


def read_totals(given: str, where: str) -> dict[str, int] | None:
    """Totals that were reported; None where none are given, so that they are counted."""
    totals = {}
    for line in filter(str.strip, given.splitlines()):
        name, _, number = line.partition(":")
        if not number.strip().isdigit():
            raise BadInput(where=where, why="write one total a line, such as items: 255")
        totals[name.strip()] = int(number)
    return totals or None


def read_value(given: str, where: str) -> Any:
    """The JSON of a setting; raises BadInput."""
    try:
        return json.loads(given)
    except ValueError:
        raise BadInput(where=where, why="this is not JSON") from None


ROUTES = [
    list_registers,
    show_register,
    export_register,
    import_register,
    remove_row,
    show_catalogue,
    change_catalogue,
]
