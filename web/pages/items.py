"""The catalogue for everybody: search, one item with all its blocks, its papers, sites of the network."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from markupsafe import Markup

from accounts import queries as accounts
from approval.flow_chart import flow_chart
from approval.guide import PUBLIC_PAPERS
from approval.item import ItemKind, Mode
from approval.publication import BLOCKS, missing_blocks, open_blocks
from approval.queries import catalogue, organisation, papers, registers, settings
from approval.queries.catalogue import Wanted
from approval.register_list import register_named
from approval.settings import CENTRE, OPEN_BLOCKS
from approval.sites import LEVELS
from kernel.errors import NotFound
from kernel.working_days import business_day
from storage.database import Session
from supervision.promises import stated_means
from web.guards import adapters_of
from web.items import MOST_WORDS, public_item, stored_pdf
from web.language import language_of
from web.pages.render import render
from web.routes import get

PER_PAGE = 25
SITE_REGISTERS = ("six_have", "four_in_place", "village_agents", "duty_roster")


@get("/items")
def list_items(
    request: Request[Any, Any, Any],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    item_class: FromQuery[str] = "",
    department: FromQuery[str] = "",
    level: FromQuery[str] = "",
    hall: FromQuery[str] = "",
    mode: FromQuery[str] = "",
    page: int = 1,
) -> Response[str]:
    """Published items, found by words and by what they are."""
    page = max(page, 1)
    wanted = Wanted(q[:MOST_WORDS], kind, item_class, department, level, hall, mode)
    with adapters_of(request).database.reading() as session:
        rows = catalogue.items(session, wanted)
        values = choices(session)
        classes = sorted(word for word in catalogue.counts(session, "item_class") if word)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    query = "".join(f"&{name}={value}" for name, value in request.query_params.items() if name != "page")
    return render(
        request,
        "public-items.html",
        items=shown,
        count=len(rows),
        page=page,
        pages=-(-len(rows) // PER_PAGE),
        query=query,
        wanted=wanted,
        classes=classes,
        **values,
    )


def choices(session: Session) -> dict[str, Any]:
    """What a search can choose from."""
    departments = organisation.departments(session)
    names = accounts.organisation_names(session, {one.id for one in departments})
    return {
        "kinds": tuple(ItemKind),
        "modes": tuple(Mode),
        "levels": LEVELS,
        "halls": organisation.halls(session),
        "departments": [(one.id, names[one.id]) for one in departments],
        "department_names": names,
    }


@get("/items/{code:str}")
def show_item(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """One item: every public block, the chart from its steps, the same business at other levels."""
    return render(request, "public-item.html", **item_values(request, code))


def item_values(request: Request[Any, Any, Any], code: str) -> dict[str, Any]:
    """Everything that the public may know of an item."""
    adapters, language = adapters_of(request), short_language(request)
    with adapters.database.reading() as session:
        record, held, version = public_item(session, adapters, code)
        blocks = settings.value(session, OPEN_BLOCKS)
        others = catalogue.same_business(session, record.base_code)
        read = catalogue.versions_in_force(
            session, [row.id for row, _ in others], business_day(adapters.clock.now())
        )
        return {
            "item": record,
            "held": held,
            "version": version,
            "blocks": open_blocks(version, blocks),
            "missing": missing_blocks(version, blocks),
            "all_blocks": tuple(BLOCKS),
            "chart": Markup(flow_chart(version, language)),  # noqa: S704 - every text in it is escaped
            "department": accounts.organisation(session, record.department_id).name,
            "windows": [organisation.window(session, one) for one in record.window_ids],
            "others": [(row, site, read.get(row.id)) for row, site in others] if len(others) > 1 else [],
            "papers": [
                paper for paper in PUBLIC_PAPERS if papers.guide(session, held.id, paper, "zh") is not None
            ],
            "centre": settings.value(session, CENTRE),
        }


def short_language(request: Request[Any, Any, Any]) -> str:
    """The reader's language as texts of the catalogue are keyed."""
    return "zh" if language_of(request) == "zh-CN" else "en"


@get("/items/{code:str}/guide.pdf")
def show_guide(
    request: Request[Any, Any, Any], code: FromPath[str], paper: FromQuery[str] = "card"
) -> Stream:
    """A paper about an item as PDF: guide card, guide or handout; the card in the reader's language."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        _, held, _ = public_item(session, adapters, code)
        if paper not in PUBLIC_PAPERS:
            raise NotFound(what="paper", id=paper)
        found = papers.guide(session, held.id, paper, short_language(request))
        found = found or papers.guide(session, held.id, paper, "zh")
    if found is None:
        raise NotFound(what="paper", id=paper)
    return stored_pdf(adapters, found.digest, None, f"{code}-{paper}.pdf")


@get("/catalogues")
def list_catalogues(request: Request[Any, Any, Any]) -> Response[str]:
    """The frozen catalogues, and what the clean-up rounds did."""
    with adapters_of(request).database.reading() as session:
        years = [catalogue.yearly(session, year) for year, _, _ in catalogue.frozen_years(session)]
        rounds = catalogue.rounds(session)
        kinds = catalogue.counts(session, "kind")
    return render(
        request, "public-catalogues.html", years=years, rounds=rounds, kinds=kinds, stated=stated_means
    )


@get("/catalogues/{year:int}/booklet.pdf")
def show_booklet(request: Request[Any, Any, Any], year: FromPath[int]) -> Stream:
    """The booklet of a year."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = catalogue.yearly(session, year)
    if record.booklet_digest is None:
        raise NotFound(what="booklet", id=year)
    return stored_pdf(adapters, record.booklet_digest, None, f"catalogue-{year}.pdf")


@get("/sites")
def list_sites(request: Request[Any, Any, Any], parent: FromQuery[str] = "") -> Response[str]:
    """The network of sites: coverage by level, and the sites below one."""
    with adapters_of(request).database.reading() as session:
        coverage = organisation.coverage(session)
        below = (
            organisation.sites(session, parent=parent) if parent else organisation.sites(session, LEVELS[0])
        )
        above = organisation.site(session, parent) if parent else None
    return render(request, "public-sites.html", coverage=coverage, sites=below, above=above, levels=LEVELS)


@get("/sites/{code:str}")
def show_site(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """One site: where, who, what (四公开), and what it has (六有)."""
    today = business_day(adapters_of(request).clock.now()).isoformat()
    with adapters_of(request).database.reading() as session:
        record = organisation.site(session, code)
        above = organisation.site(session, record.parent_code) if record.parent_code else None
        rows = {name: registers.bodies(session, name, site=code) for name in SITE_REGISTERS}
        items = [row for row in catalogue.items(session, Wanted()) if row.site_code == code][:PER_PAGE]
        below = organisation.sites(session, parent=code)
    roster = [row for row in rows.pop("duty_roster") if row["day"] == today]
    return render(
        request,
        "public-site.html",
        site_record=record,
        above=above,
        below=below,
        items=items,
        roster=roster,
        rows=rows,
        columns={name: register_named(name).public_columns() for name in rows},
    )


ROUTES = [
    list_items,
    show_item,
    show_guide,
    list_catalogues,
    show_booklet,
    list_sites,
    show_site,
]
