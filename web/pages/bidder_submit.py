"""Submitting a sealed bid through a form: upload, check, submit. Until the last step nothing is submitted.

The upload is stored and hashed while it arrives and refused early by its header. What the check page shows travels in
a ticket that the platform signs, so the last step stamps the bid at once, however large it is.
"""

import json
from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from crypto.canonical import b64, canonical, unb64
from crypto.envelope_prefix import FIXED_BYTES, prefix_length_needed
from crypto.signatures import check_statement, sign_statement
from kernel.errors import BadInput, MalformedEnvelope, NotFound, TenderingError
from storage.adapters import Adapters
from storage.objects import StoredObject
from tender import queries
from tender.actions import submit_bid as acts
from tender.actions import uploads
from web.bids import Arrival, admit, store, stored_prefixes, trace_of
from web.guards import adapters_of
from web.pages.bidder import standing_bids, task_values
from web.pages.forms import FileForm, text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post
from web.tus_protocol import plain_name
from web.upload_flow import complete

TICKET = "staged-envelope"
TICKET_LIMIT = 4000  # characters
UNKNOWN = bytes(32)  # the digest of an upload is known at its end only


@get("/bidder/tenders/{tender_id:str}/lots/{lot_id:str}/upload")
def show_upload(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> Response[str]:
    """The form for the sealed file of one lot."""
    return render(request, "bidder-upload.html", **lot_values(request, tender_id, lot_id))


def lot_values(request: Request[Any, Any, Any], tender_id: str, lot_id: str) -> dict[str, Any]:
    """What the pages of one lot show."""
    values = task_values(request, actor_of(request, Duty.BIDDER), tender_id)
    lot = next((lot for lot in values["lots"] if lot.id == lot_id), None)
    if lot is None:
        raise NotFound(what="lot", id=lot_id)
    return {**values, "lot": lot, "current": values["standing"].get(lot_id)}


@litestar.post("/bidder/tenders/{tender_id:str}/lots/{lot_id:str}/upload", request_max_body_size=None)
async def upload(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> Response[Any]:
    """Take a sealed file in, so that it can be checked; it is not submitted by this."""
    form = FileForm(request)
    try:
        arrival: Arrival | TenderingError = await receive(form)
    except TenderingError as error:
        arrival = error

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
        try:
            ticket = stage(adapters, actor, arrival, form.filename, tender_id, lot_id)
        except TenderingError as error:
            values = lot_values(request, tender_id, lot_id)
            return refuse(request, "bidder-upload.html", error, field="file", **values)
        return see(f"/bidder/tenders/{tender_id}/lots/{lot_id}/check?ticket={ticket}")

    answer = await anyio.to_thread.run_sync(work)
    await form.drain()
    return answer


async def receive(form: FileForm) -> Arrival:
    """Read a form up to the end of the envelope's prefix."""
    await form.begin()
    if not form.filename:
        raise BadInput(where="file", why="choose a file")
    stream, head = form.chunks(), bytearray()
    while len(head) < prefix_length_needed(bytes(head[:FIXED_BYTES])):
        try:
            head += await anext(stream)
        except StopAsyncIteration:
            break
    if not head:
        raise MalformedEnvelope(why="the file is empty")
    return Arrival(bytes(head), stream, 0)


def stage(
    adapters: Adapters,
    actor: Actor,
    arrival: Arrival | TenderingError,
    filename: str,
    tender_id: str,
    lot_id: str,
) -> str:
    """Check the header, store the whole, and sign what was found."""
    if isinstance(arrival, TenderingError):
        raise arrival
    with adapters.database.reading() as session:
        standing = standing_bids(session, actor, tender_id).get(lot_id)
        window = acts.check_arrival(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            prefix=arrival.prefix,
            digest=UNKNOWN,
            size_bytes=arrival.prefix.length + arrival.prefix.payload_size,
            replaces=standing.id if standing else None,
            now=adapters.clock.now(),
        )
    stored = store(adapters, actor, arrival, window, lot_id, None)
    command = uploads.BeginUpload(tender_id, lot_id, stored.size, stored.digest, plain_name(filename))
    prefixes = b"".join(prefix.to_bytes() for prefix in arrival.prefixes)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        uploads.keep_form_upload(session, actor=actor, command=command, prefixes=prefixes, now=now)
    return make_ticket(adapters, actor, stored, filename, tender_id, lot_id)


def make_ticket(
    adapters: Adapters, actor: Actor, stored: StoredObject, filename: str, tender_id: str, lot_id: str
) -> str:
    """What was found in a file, signed, so that the last step need not look again."""
    body = {
        "tender": tender_id,
        "lot": lot_id,
        "bidder": actor.organisation_id,
        "digest": stored.digest.hex(),
        "size": str(stored.size),
        "name": filename[-200:],
    }
    return b64(canonical(sign_statement(adapters.keys.receipts, TICKET, body)))


def ticket_of_upload(adapters: Adapters, actor: Actor, upload_id: str, tender_id: str, lot_id: str) -> str:
    """The ticket of a file that was uploaded in parts, by this person or a colleague; raises BadInput unless whole."""
    try:
        with adapters.database.reading() as session:
            now = adapters.clock.now()
            upload = uploads.upload_of_firm(session, actor=actor, upload_id=upload_id, now=now)
        upload = complete(adapters, actor, upload)
    except NotFound:
        raise BadInput(where="file", why="upload the file again") from None
    if upload.stored_at is None or (upload.tender_id, upload.lot_id) != (tender_id, lot_id):
        raise BadInput(where="file", why="not all of the file has arrived; choose it again to go on")
    stored = StoredObject(upload.digest, upload.size)
    return make_ticket(adapters, actor, stored, upload.filename, tender_id, lot_id)


def read_ticket(adapters: Adapters, actor: Actor, ticket: str, tender_id: str, lot_id: str) -> dict[str, Any]:
    """What was uploaded, by a ticket of ours for this bidder, tender and lot."""
    if len(ticket) > TICKET_LIMIT:
        raise BadInput(where="file", why="upload the file again")
    try:
        body = check_statement(json.loads(unb64(ticket)), TICKET, adapters.keys.receipts.public)
    except (TenderingError, ValueError):
        raise BadInput(where="file", why="upload the file again") from None
    if (body["tender"], body["lot"], body["bidder"]) != (tender_id, lot_id, actor.organisation_id):
        raise BadInput(where="file", why="upload the file again")
    return body


@get("/bidder/tenders/{tender_id:str}/lots/{lot_id:str}/check")
def show_check(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    ticket: str = "",
    upload: str = "",
) -> Response[str]:
    """What is about to be submitted."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    values = lot_values(request, tender_id, lot_id)
    try:
        if upload:
            ticket = ticket_of_upload(adapters, actor, upload, tender_id, lot_id)
        staged = read_ticket(adapters, actor, ticket, tender_id, lot_id)
    except BadInput as error:
        return refuse(request, "bidder-upload.html", error, field="file", **values)
    return render(request, "bidder-check.html", staged=staged, ticket=ticket, **values)


@post("/bidder/tenders/{tender_id:str}/lots/{lot_id:str}/submit")
def submit(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Submit what was uploaded and checked; only the receipt says that it is submitted."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    ticket = text(data, "ticket")
    staged = read_ticket(adapters, actor, ticket, tender_id, lot_id)
    try:
        with adapters.database.reading() as session:
            version = queries.current_notice(session, tender_id).version
        if version > 1 and text(data, "read_version") != str(version):
            raise BadInput(where="read_version", why="read the newest version of the notice and say so")
        stored = StoredObject(bytes.fromhex(staged["digest"]), int(staged["size"]))
        receipt = admit(
            adapters,
            actor,
            stored_prefixes(adapters, stored),
            stored,
            tender_id=tender_id,
            lot_id=lot_id,
            replaces=text(data, "replaces") or None,
            trace=trace_of(request),
        )
    except TenderingError as error:
        values = lot_values(request, tender_id, lot_id)
        return refuse(request, "bidder-check.html", error, staged=staged, ticket=ticket, **values)
    bid_id = json.loads(receipt)["statement"]["body"]["bid"]
    return see(f"/bidder/bids/{bid_id}")


ROUTES = [show_upload, upload, show_check, submit]
