"""Bulletins: the latest by period, and their PDF."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from kernel.errors import NotFound
from supervision.queries import bulletins
from supervision.records import BulletinRecord
from supervision.words import FIGURES
from web.guards import adapters_of
from web.pages.render import actor_of, render
from web.routes import get
from web.supervision import READERS, STAFF

MAY_READ = (*READERS, *STAFF, Duty.MONITOR)


def is_for(row: BulletinRecord, actor: Actor) -> bool:
    """Whether somebody may read a bulletin: the centre's everybody, a department's its own and inspectors."""
    return actor.holds(*READERS) or row.department_id in ("", actor.organisation_id)


@get("/bulletins")
def show_bulletins(request: Request[Any, Any, Any]) -> Response[str]:
    """The latest bulletins."""
    actor = actor_of(request, *MAY_READ)
    with adapters_of(request).database.reading() as session:
        rows = [row for row in bulletins.newest(session) if is_for(row, actor)]
        names = accounts.organisation_names(session, {row.department_id for row in rows})
    return render(request, "bulletins.html", bulletins=rows, names=names, words=FIGURES)


@get("/bulletins/{bulletin_id:str}/pdf")
def show_pdf(request: Request[Any, Any, Any], bulletin_id: FromPath[str]) -> Response[bytes]:
    """The PDF of a bulletin."""
    adapters, actor = adapters_of(request), actor_of(request, *MAY_READ)
    with adapters.database.reading() as session:
        row = bulletins.bulletin(session, bulletin_id)
    if not is_for(row, actor):
        raise NotFound(what="bulletin", id=bulletin_id)
    with adapters.objects.open(row.pdf) as file:
        body = file.read()
    headers = {"Content-Disposition": f'inline; filename="bulletin-{row.period}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


ROUTES = [show_bulletins, show_pdf]
