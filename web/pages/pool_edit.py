"""One entry of the pool: its form for the manager, its certificates; an applicant's own certificates and withdrawal."""

from datetime import datetime
from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from expert_pool.actions.applications import withdraw_application
from expert_pool.actions.certificates import add_to_application, add_to_entry, look_at
from expert_pool.actions.decoys import open_entry
from expert_pool.actions.edits import edit_entry
from expert_pool.certificates import LIMIT
from expert_pool.experts import TITLES
from expert_pool.pool_file import HEADINGS, write_columns
from expert_pool.queries import pool
from kernel.errors import BadInput, TenderingError
from web.guards import adapters_of
from web.pages.expert_entry import form_values
from web.pages.forms import FileForm, text
from web.pages.pool import attachment
from web.pages.pool_entries import expert_values
from web.pages.render import actor_of, refuse, render, see
from web.pool_entries import entry_of, one_entry
from web.routes import get, post

KEPT = ("number", "standing")
"""What the form does not change: a number stays, a standing has acts of its own."""
UPLOAD = LIMIT + (1 << 16)


@get("/pool/experts/{expert_id:str}/edit")
def show_form(request: Request[Any, Any, Any], expert_id: FromPath[str]) -> Response[str]:
    """The form of one entry."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        open_entry(session, actor=actor, expert_id=expert_id, now=adapters.clock.now())
    values = edit_values(request, expert_id)
    return render(request, "pool-edit.html", form=values["columns"], **values)


def edit_values(request: Request[Any, Any, Any], expert_id: str) -> dict[str, Any]:
    """The entry as its form holds it; for the pool manager only."""
    actor_of(request, Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        record = pool.expert(session, expert_id)
        columns = write_columns(*pool.entry(session, record))
    return {"record": record, "columns": columns, "titles": TITLES, "seen_at": record.updated_at.isoformat()}


@post("/pool/experts/{expert_id:str}/edit")
def save_form(
    request: Request[Any, Any, Any], expert_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Change the entry; what is wrong is said by field."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    values = edit_values(request, expert_id)
    try:
        columns = {key: text(data, key) for key in HEADINGS if key not in KEPT}
        read = one_entry({"number": text(data, "number") or values["record"].number, **columns})
        with adapters.database.transaction() as session:
            edit_entry(
                session,
                actor=actor,
                expert_id=expert_id,
                entry=entry_of(read),
                seen_at=moment_of(text(data, "seen_at")),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "pool-edit.html", error, form=data, **values)
    return see(f"/pool/experts/{expert_id}")


def moment_of(given: str) -> datetime | None:
    """The state of the entry that the form showed."""
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        return None


@litestar.post("/pool/experts/{expert_id:str}/certificates", request_max_body_size=UPLOAD)
async def add_certificate(request: Request[Any, Any, Any], expert_id: FromPath[str]) -> Response[Any]:
    """Bring a certificate to an entry."""
    name, content = await file_of(request)

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
        try:
            with adapters.database.transaction() as session:
                now = adapters.clock.now()
                add_to_entry(session, actor=actor, expert_id=expert_id, name=name, content=content, now=now)
        except BadInput as error:
            values = expert_values(request, expert_id)
            return refuse(request, "pool-expert.html", error, field="file", form={}, **values)
        return see(f"/pool/experts/{expert_id}")

    return await anyio.to_thread.run_sync(work)


@post("/pool/certificates/{certificate_id:str}/look")
def look(request: Request[Any, Any, Any], certificate_id: FromPath[str]) -> Response[bytes]:
    """A certificate, always as a download; the look is logged."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER, Duty.SUPERVISOR)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        record, _, content = look_at(session, actor=actor, certificate_id=certificate_id, now=now)
    ending = record.media_type.rpartition("/")[2]
    return attachment(content, f"certificate.{ending}", "application/octet-stream")


@litestar.post("/become-expert/{application_id:str}/certificates", request_max_body_size=UPLOAD)
async def add_own_certificate(
    request: Request[Any, Any, Any], application_id: FromPath[str]
) -> Response[Any]:
    """Bring a certificate to an application of one's own."""
    name, content = await file_of(request)

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request)
        try:
            with adapters.database.transaction() as session:
                add_to_application(
                    session,
                    actor=actor,
                    application_id=application_id,
                    name=name,
                    content=content,
                    now=adapters.clock.now(),
                )
        except BadInput as error:
            return refuse(request, "become-expert.html", error, field="file", form={}, **form_values(request))
        return see("/become-expert")

    return await anyio.to_thread.run_sync(work)


@post("/become-expert/{application_id:str}/withdrawal")
def withdraw(request: Request[Any, Any, Any], application_id: FromPath[str]) -> Response[Any]:
    """Take an application of one's own back."""
    adapters, actor = adapters_of(request), actor_of(request)
    with adapters.database.transaction() as session:
        withdraw_application(session, actor=actor, application_id=application_id, now=adapters.clock.now())
    return see("/become-expert")


async def file_of(request: Request[Any, Any, Any]) -> tuple[str, bytes]:
    """Name and bytes of a form's file; no bytes where there is none."""
    form = FileForm(request)
    try:
        await form.begin()
        return form.filename, b"".join([chunk async for chunk in form.chunks()])
    except BadInput:
        return "", b""


ROUTES = [show_form, save_form, add_certificate, look, add_own_certificate, withdraw]
