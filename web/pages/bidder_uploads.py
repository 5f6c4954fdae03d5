"""What a bidder has uploaded and not submitted, in one list, each to be checked, finished or discarded."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts.duties import Duty
from tender.actions import uploads
from web.guards import adapters_of
from web.pages.render import actor_of, render, see
from web.routes import get, post
from web.upload_flow import drop


@get("/bidder/uploads")
def list_uploads(request: Request[Any, Any, Any]) -> Response[str]:
    """The list; every page of a bidder leads here while it is not empty."""
    actor_of(request, Duty.BIDDER)
    return render(request, "bidder-uploads.html")


@post("/bidder/uploads/{upload_id:str}/discard")
def discard(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> Response[Any]:
    """Give an upload up; a bid that was submitted from it stays."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    with adapters.database.reading() as session:
        now = adapters.clock.now()
        uploads.upload_of_firm(session, actor=actor, upload_id=upload_id, now=now)
    drop(adapters, upload_id)
    return see("/bidder/uploads")


ROUTES: list[Any] = [list_uploads, discard]
