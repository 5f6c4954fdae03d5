"""Uploads of a site that go straight to its object store: the web tier judges, signs addresses, and carries no bytes.

1. A bidder's program sends the envelope's prefix; a wrong one is refused before an address is given out.
2. It asks for the address of each part, with the SHA-256 that the part has.
3. It says that all is there; a worker reads the whole once, checks it as any bid, and puts it among the objects.
4. When the upload is complete, `POST /api/uploads/{id}/bid` submits it, as any other.

Format: docs/formats/upload.md.
"""

import re
from typing import Any

import litestar
from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.duties import Actor
from crypto.canonical import unb64
from crypto.envelope_prefix import read_prefix
from kernel.errors import BadInput, Refused, TenderingError
from storage import outbox
from storage.adapters import Adapters
from storage.direct_uploads import PART_BYTES, DirectUploads, StoredPart
from tender.actions import uploads
from tender.records import UploadRecord
from web.guards import adapters_of
from web.routes import in_thread
from web.shapes import Shape
from web.tus_protocol import DIGEST, plain_name
from web.upload_flow import drop, judge
from web.uploads import bidder_of, describe

CHECKSUM = re.compile(r"[A-Za-z0-9+/]{43}=", re.ASCII)
MOST_ADDRESSES = 100  # of one request
OPEN = "open"
CHECKING = "checking"


class NewDirectUpload(Shape):
    """What is to be sent: `prefix` are the first envelope's readable bytes, base64url; `digest` the parts digest."""

    size: int
    digest: str
    prefix: str
    filename: str = ""
    replaces: str | None = None


class PartWanted(Shape):
    """A part to be sent, with the SHA-256 of its bytes in Base64."""

    number: int
    sha256: str


class AddressesWanted(Shape):
    """The parts whose addresses are asked for."""

    parts: list[PartWanted]


class AllSent(Shape):
    """The SHA-256 of every part in Base64, in order."""

    sha256: list[str]


def offered(adapters: Adapters) -> DirectUploads:
    """The way to the store; raises Refused where the site keeps it to itself."""
    if adapters.direct is None:
        raise Refused(rule="uploads through the platform", why="this site takes no bytes past its web tier")
    return adapters.direct


def number_of(upload: UploadRecord, state: str = OPEN) -> str:
    """The number that an upload has in the store; raises Refused unless it is in this state."""
    if not upload.direct or upload.direct["state"] != state:
        raise Refused(
            rule="parts while an upload is open", why="this upload takes no parts, or no more of them"
        )
    return str(upload.direct["number"])


def expected_size(upload: UploadRecord, part: int) -> int:
    """How large a part has to be; raises BadInput for one that there is not."""
    start = (part - 1) * PART_BYTES
    if part < 1 or start >= upload.size:
        raise BadInput(where="number", why="there is no such part")
    return min(PART_BYTES, upload.size - start)


@litestar.post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/direct-uploads")
async def begin(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[NewDirectUpload],
) -> Response[Any]:
    """Begin an upload that goes to the store itself."""
    return Response(await in_thread(_begin)(request, tender_id, lot_id, data), status_code=201)


def _begin(
    request: Request[Any, Any, Any], tender_id: str, lot_id: str, data: NewDirectUpload
) -> dict[str, Any]:
    adapters, actor = adapters_of(request), bidder_of(request)
    direct = offered(adapters)
    if not DIGEST.fullmatch(data.digest):
        raise BadInput(where="digest", why="send the file's parts digest as 64 lower-case hex digits")
    prefix = read_prefix(unb64(data.prefix))
    command = uploads.BeginUpload(
        tender_id, lot_id, data.size, bytes.fromhex(data.digest), plain_name(data.filename), data.replaces
    )
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        upload, _ = uploads.begin_upload(session, actor=actor, command=command, now=now)
    try:
        judge(adapters, actor, upload, [prefix])
        number = direct.begin(upload.id)
    except TenderingError:
        drop(adapters, upload.id)
        raise
    with adapters.database.transaction() as session:
        uploads.set_direct(session, upload_id=upload.id, state={"number": number, "state": OPEN})
    return {**describe(upload), "part_bytes": PART_BYTES, "parts": -(-upload.size // PART_BYTES)}


@litestar.post("/api/uploads/{upload_id:str}/part-addresses", status_code=200)
async def give_addresses(
    request: Request[Any, Any, Any], upload_id: FromPath[str], data: JSONBody[AddressesWanted]
) -> dict[str, Any]:
    """Signed addresses of parts, each good for an hour and for the bytes with this SHA-256 only."""
    return dict(await in_thread(_give_addresses)(request, upload_id, data))


def _give_addresses(request: Request[Any, Any, Any], upload_id: str, data: AddressesWanted) -> dict[str, Any]:
    adapters, actor = adapters_of(request), bidder_of(request)
    upload = own(adapters, actor, upload_id)
    number, direct = number_of(upload), offered(adapters)
    if len(data.parts) > MOST_ADDRESSES:
        raise BadInput(where="parts", why=f"ask for at most {MOST_ADDRESSES} at a time")
    given = []
    for part in data.parts:
        size = expected_size(upload, part.number)
        if not CHECKSUM.fullmatch(part.sha256):
            raise BadInput(where="sha256", why="send 32 bytes in Base64")
        url, headers = direct.part_address(upload.id, number, part.number, part.sha256)
        given.append({"number": part.number, "size": size, "url": url, "headers": headers})
    return {"addresses": given}


def own(adapters: Adapters, actor: Actor, upload_id: str) -> UploadRecord:
    """The caller's upload."""
    with adapters.database.reading() as session:
        now = adapters.clock.now()
        return uploads.own_upload(session, actor=actor, upload_id=upload_id, now=now)


@litestar.get("/api/uploads/{upload_id:str}/parts")
async def list_parts(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> dict[str, Any]:
    """The parts that have arrived, so that a resume sends none of them again."""
    return dict(await in_thread(_list_parts)(request, upload_id))


def _list_parts(request: Request[Any, Any, Any], upload_id: str) -> dict[str, Any]:
    adapters, actor = adapters_of(request), bidder_of(request)
    upload = own(adapters, actor, upload_id)
    parts = offered(adapters).parts(upload.id, number_of(upload))
    return {"part_bytes": PART_BYTES, "parts": [vars(part) for part in parts]}


@litestar.post("/api/uploads/{upload_id:str}/completion", status_code=202)
async def complete(
    request: Request[Any, Any, Any], upload_id: FromPath[str], data: JSONBody[AllSent]
) -> dict[str, Any]:
    """All parts are there: join them and let a worker check the whole. Asking again changes nothing."""
    return dict(await in_thread(_complete)(request, upload_id, data))


def _complete(request: Request[Any, Any, Any], upload_id: str, data: AllSent) -> dict[str, Any]:
    adapters, actor = adapters_of(request), bidder_of(request)
    upload = own(adapters, actor, upload_id)
    if upload.direct and upload.direct["state"] != OPEN:
        return describe(upload)
    number, direct = number_of(upload), offered(adapters)
    parts = direct.parts(upload.id, number)
    check_parts(upload, parts, data.sha256)
    direct.join(upload.id, number, parts, data.sha256)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        state = {"number": number, "state": CHECKING}
        uploads.set_direct(session, upload_id=upload.id, state=state)
        outbox.enqueue(session, "confirm_upload", {"upload_id": upload.id}, now=now)
    return {**describe(upload), "state": CHECKING}


def check_parts(upload: UploadRecord, parts: list[StoredPart], sha256s: list[str]) -> None:
    """Raise Refused unless every part is there, each of its size, and its checksum is named."""
    found = {part.number: part.size for part in parts}
    count = -(-upload.size // PART_BYTES)
    wrong = [n for n in range(1, count + 1) if found.get(n) != expected_size(upload, n)]
    if len(sha256s) != count or not all(CHECKSUM.fullmatch(one) for one in sha256s):
        raise BadInput(where="sha256", why="send 32 bytes in Base64")
    if wrong or len(found) != count:
        raise Refused(
            rule="whole files only", why=f"part {wrong[0] if wrong else count + 1} is not as announced"
        )


ROUTES = [begin, give_addresses, list_parts, complete]
