"""Giving a draft its rulebook, for the whole tender or for one lot: ready-made, pasted, or as a file."""

from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.rulebook import Rulebook, read_rulebook
from kernel.errors import BadRulebook, TenderingError
from kernel.strict_json import read_strict_json
from tender.actions import draft
from web.guards import adapters_of
from web.pages.forms import FileForm, text, whole
from web.pages.office_draft import form_values
from web.pages.render import actor_of, refuse, see
from web.ready_made import adapted, ready_made
from web.routes import post
from web.tenders import freeze

TEXT_BYTES = 1 << 20  # of a rulebook
TEMPLATE = "office-rulebook.html"


@post("/office/tenders/{tender_id:str}/rulebook")
def set_rulebook(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """A ready-made rulebook, or one pasted as JSON."""
    try:
        keep_rulebook(request, tender_id, chosen_lot(data), form_rulebook(data))
    except TenderingError as error:
        return refuse_rulebook(request, tender_id, error, data)
    return see(f"/office/tenders/{tender_id}/rulebook")


@litestar.post("/office/tenders/{tender_id:str}/rulebook/file", request_max_body_size=TEXT_BYTES)
async def upload_rulebook(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """A rulebook as a JSON file."""
    form = FileForm(request)

    def keep(content: str) -> Response[Any]:
        try:
            keep_rulebook(request, tender_id, chosen_lot(form.fields), pasted_rulebook(content))
        except TenderingError as error:
            return refuse_rulebook(request, tender_id, error, {**form.fields, "pasted": content})
        return see(f"/office/tenders/{tender_id}/rulebook")

    await form.begin()
    content = b"".join([chunk async for chunk in form.chunks()])
    return await anyio.to_thread.run_sync(keep, content.decode("utf-8", "replace"))


@post("/office/tenders/{tender_id:str}/rulebook/lots/{number:int}/remove")
def remove_lot_rulebook(
    request: Request[Any, Any, Any], tender_id: FromPath[str], number: FromPath[int]
) -> Response[Any]:
    """Take a lot's own rulebook away; the tender's holds again."""
    try:
        keep_rulebook(request, tender_id, number, None)
    except TenderingError as error:
        return refuse_rulebook(request, tender_id, error, {})
    return see(f"/office/tenders/{tender_id}/rulebook")


def chosen_lot(data: dict[str, Any]) -> int:
    """The number of the lot that a form is about; 0 where it is the whole tender."""
    return whole(data, "lot") if text(data, "lot") else 0


def form_rulebook(data: dict[str, Any]) -> Rulebook:
    """The rulebook of a form: a ready-made one with the tender's own figures, or one pasted."""
    name = text(data, "ready_made")
    if name in ready_made():
        return adapted(name, text(data, "ceiling"), text(data, "estimate"), text(data, "currency"))
    return pasted_rulebook(text(data, "pasted"))


def pasted_rulebook(pasted: str) -> Rulebook:
    """The rulebook that a text holds; raises BadRulebook with the path of the wrong field."""
    if not pasted.strip():
        raise BadRulebook(where="JSON", why="choose a rulebook, or paste one as JSON")
    return read_rulebook(read_strict_json(pasted.encode(), "JSON"))


def keep_rulebook(
    request: Request[Any, Any, Any], tender_id: str, number: int, rulebook: Rulebook | None
) -> None:
    """Give the draft its rulebook, or the lot of this number its own, or none."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    with adapters.database.transaction() as session:
        if number or rulebook is None:
            frozen = freeze(rulebook) if rulebook else None
            draft.set_lot_rulebook(session, actor=actor, tender_id=tender_id, number=number, rulebook=frozen)
        else:
            draft.set_rulebook(session, actor=actor, tender_id=tender_id, rulebook=freeze(rulebook))


def refuse_rulebook(
    request: Request[Any, Any, Any], tender_id: str, error: TenderingError, form: dict[str, Any]
) -> Response[Any]:
    """The page again with what was typed."""
    values = form_values(request, actor_of(request, Duty.TENDER_OFFICE), tender_id, "rulebook")
    return refuse(request, TEMPLATE, error, field="pasted", form=form, **values)


ROUTES: list[Any] = [set_rulebook, upload_rulebook, remove_lot_rulebook]
