"""The public page of the programs that people run: names, hashes, where they stand in the log, how to compare."""

from typing import Any

from litestar import Request, Response

from accounts import queries
from web.guards import adapters_of
from web.pages.render import render
from web.programs import built, path_of, programs, url_of
from web.routes import get


@get("/programs")
def show_programs(request: Request[Any, Any, Any]) -> Response[str]:
    """Every program with its hash, those that stand in the log with their place in it."""
    with adapters_of(request).database.reading() as session:
        published = queries.published_programs(session)
    now = built()
    rows = [
        {
            "name": one.name,
            "kept": one.kept,
            "sha256": now[one.name],
            "size": path_of(one.name).stat().st_size,
            "url": url_of(one.name),
            "entry": next(
                (row for row in published if (row.name, row.sha256) == (one.name, now[one.name])), None
            ),
        }
        for one in programs()
    ]
    current = set(now.items())
    earlier = [row for row in published if (row.name, row.sha256) not in current]
    return render(request, "programs.html", programs=rows, earlier=earlier)


ROUTES = [show_programs]
