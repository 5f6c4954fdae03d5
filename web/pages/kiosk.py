"""The touch screen in the hall: large targets, no keyboard, no sign-in; left alone it returns to its start."""

from itertools import groupby
from typing import Any

import segno
from litestar import Request, Response
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from approval.item import ItemKind
from approval.queries import catalogue, organisation
from approval.queries.catalogue import Wanted
from web.guards import adapters_of
from web.pages.items import item_values
from web.pages.render import render
from web.routes import get

PER_PAGE = 8  # rows of one screen


@get("/kiosk")
def start(request: Request[Any, Any, Any]) -> Response[str]:
    """Kinds of business, and the windows by floor and zone."""
    with adapters_of(request).database.reading() as session:
        windows = organisation.windows(session)
        counts = catalogue.counts(session, "kind")
        halls = {hall.code: hall.name for hall in organisation.halls(session)}
    floors = [
        (hall, floor, zone, list(group))
        for (hall, floor, zone), group in groupby(windows, key=lambda w: (w.hall_code, w.floor, w.zone))
    ]
    kinds = [kind for kind in ItemKind if counts.get(kind)]
    return render(request, "kiosk-start.html", floors=floors, kinds=kinds, counts=counts, halls=halls)


@get("/kiosk/items")
def list_items(
    request: Request[Any, Any, Any],
    kind: FromQuery[str] = "",
    window: FromQuery[str] = "",
    page: int = 1,
) -> Response[str]:
    """The items of a kind or of a window."""
    with adapters_of(request).database.reading() as session:
        rows = catalogue.items(session, Wanted(kind=kind))
        place = organisation.window(session, window) if window else None
    rows = [row for row in rows if not window or window in row.window_ids]
    page = min(max(page, 1), max(1, -(-len(rows) // PER_PAGE)))
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    pages = -(-len(rows) // PER_PAGE)
    return render(request, "kiosk-items.html", items=shown, kind=kind, place=place, page=page, pages=pages)


@get("/kiosk/items/{code:str}")
def show_item(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """One item in large letters, with a code that carries it home on a telephone."""
    url = f"{adapters_of(request).settings.public_url.rstrip('/')}/items/{code}"
    values = item_values(request, code)
    drawn = segno.make(url, error="m").svg_inline(scale=5, border=2, title=url)
    return render(request, "kiosk-item.html", qr=Markup(drawn), **values)  # noqa: S704 - paths and our own address


ROUTES = [start, list_items, show_item]
