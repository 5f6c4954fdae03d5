"""The parsers that read a stranger's bytes, each as a function of bytes; keys and digests are those of the vectors.

Where a parser looks at nothing before a signature holds, the input is what is signed: a stranger can sign with a key
of his own.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from client.claims import Evidence
from client.verify import examine
from crypto import asn1_forms, checkpoint, draw_keys, opener_keys, timestamps, witnessing
from crypto.archive import read_archive
from crypto.archive_names import check_names
from crypto.bid_file import BidFileReader, read_prefixes
from crypto.canonical import b64, canonical, read_canonical, read_json, unb64
from crypto.log_entry import leaf_data, read_fact
from crypto.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash, root_of
from crypto.passphrase import unlock_secret
from crypto.payload import decrypt_memory, decrypt_stream
from crypto.receipts import STATEMENT, check_receipt
from crypto.signatures import Signer, sign_statement
from crypto.suites import suite
from crypto.tiles import tile_nodes
from crypto.timestamp_requests import PinnedAuthority, check_answer
from evaluation.capsule import NAME, PUBLIC, check_whole, pack, unpack
from kernel.errors import BadInput, IntegrityBroken
from kernel.strict_json import read_strict_json
from storage.clock_watch import read_sntp
from web import tus_protocol
from web.direct_uploads import AddressesWanted, AllSent, NewDirectUpload
from web.public_record import read_tile_path
from web.shapes import read_time_cursor

VECTORS = Path(__file__).parents[3] / "tests/vectors"
PIECES = (1, 24, 4096)  # a stream comes in pieces of any size
CHEAP_KIB, CHEAP_PASSES = 1024, 2  # what deriving a key may cost here; the limits themselves have tests
NODES = 100_000  # entries of the log whose tiles are asked for
NOW = datetime(2026, 11, 21, tzinfo=UTC)
GIVEN: dict[str, type] = {"facts": list, "parts": dict}
OWN = Signer("receipts", bytes([7]) * 32)


@cache
def vector(name: str) -> Any:
    """The values of one file of vectors."""
    return json.loads((VECTORS / f"{name}.json").read_text())


def text_of(data: bytes) -> str:
    """What a door makes of bytes that have to be text."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput(where="text", why="it is not UTF-8") from None


def bid_file(data: bytes) -> None:
    """A whole bid as it arrives, in pieces of different sizes; all must come to the same."""
    said = set()
    for piece in PIECES:
        reader, failed = BidFileReader(), ""
        try:
            for at in range(0, len(data), piece):
                reader.update(data[at : at + piece])
            reader.finish()
        except BadInput as error:
            failed = str(error)
        said.add(failed)
        if piece == 1 and len(data) > 8000:
            break
    if len(said) > 1:
        raise AssertionError(f"pieces of different sizes are read differently: {said}")
    read_prefixes(data)


def payload(data: bytes) -> None:
    """Ciphertext of both ciphers, in memory and as a stream."""
    for name in ("classic", "sm"):
        chosen = suite(name)
        for way in (_in_memory, _as_stream):
            try:
                way(data, chosen.decryptor(bytes(32), b"context"))
            except BadInput:
                if (name, way) == ("sm", _as_stream):
                    raise


def _in_memory(data: bytes, cipher: Any) -> None:
    decrypt_memory(memoryview(data), cipher=cipher, threads=1)


def _as_stream(data: bytes, cipher: Any) -> None:
    decrypt_stream(io.BytesIO(data), len(data), io.BytesIO(), cipher=cipher, threads=1)


def archive(data: bytes) -> None:
    """The opened plaintext of a bid; no name may lead out of a folder."""
    for entry in read_archive(io.BytesIO(data)):
        check_names([entry.name])
        if entry.name.startswith("/") or ".." in entry.name.split("/"):
            raise AssertionError(f"a name leads outside: {entry.name!r}")
        for _ in entry.chunks():
            pass


def note(data: bytes) -> None:
    """Signed heads, cosignatures and log proofs."""
    text, known = text_of(data), vector("checkpoint/checkpoint")
    _all(
        lambda: checkpoint.read_checkpoint(text, known["vkey"]),
        lambda: checkpoint.check_cosignature(text, known["witness_vkey"]),
        lambda: checkpoint.read_proof(text),
        lambda: witnessing.cosigned_by(text, witnessing.read_witnesses(known["witness_vkey"])),
        lambda: checkpoint.read_vkey(text),
    )


def _all(*ways: Callable[[], object]) -> None:
    """Try several readers; the error of the first that refuses is what counts."""
    refused: BadInput | IntegrityBroken | None = None
    for way in ways:
        try:
            way()
        except (BadInput, IntegrityBroken) as error:
            refused = refused or error
    if refused is not None:
        raise refused


def add_checkpoint(data: bytes) -> None:
    """What a log sends to a witness."""
    request = witnessing.read_request(text_of(data))
    head = checkpoint.Checkpoint("log", 6, bytes(32))
    witnessing.judge(witnessing.SeenHead(5, bytes(32)), request, head)


def tiles(data: bytes) -> None:
    """A log's tiles as a foreign server gives them."""
    node = tile_nodes(lambda path: data, NODES)
    _all(
        lambda: inclusion_proof(len(data) % NODES, NODES, node),
        lambda: consistency_proof(1 + len(data) % (NODES - 1), NODES, node),
    )


def timestamp(data: bytes) -> None:
    """What an outside authority answers."""
    known = vector("timestamp/timestamp")
    certificate, digest = unb64(known["certificate"]), bytes.fromhex(known["digest"])
    _all(
        lambda: timestamps.check_token(data, digest, certificate),
        lambda: timestamps.validity_of(timestamps.certificate_of(data)),
    )
    check_answer(PinnedAuthority("fuzz", certificate), data, digest, 1)


@cache
def _authority() -> timestamps.AuthorityKey:
    return timestamps.make_authority("fuzz", NOW)


def timestamp_request(data: bytes) -> None:
    """What a client asks of the embedded authority: every request has an answer."""
    timestamps.issue_response(_authority(), data, NOW, 1)


def asn1(data: bytes) -> None:
    """DER, down to its leaves."""
    found = list(_leaves(data, 0))
    for contents in found[:50]:
        _all(lambda: asn1_forms.read_integer(contents), lambda: asn1_forms.read_generalized_time(contents))  # noqa: B023


def _leaves(data: bytes, depth: int) -> Iterator[bytes]:
    for tag, contents, _ in asn1_forms.read_values(data):
        if tag & 0x20 and depth < 20:
            yield from _leaves(contents, depth + 1)
        else:
            yield contents


def key_file(data: bytes) -> None:
    """Key files of openers, bidders, witnesses and holders of draws."""
    _all(
        lambda: opener_keys.read_opener_public(data),
        lambda: opener_keys.read_bidder_public(data),
        lambda: opener_keys.check_offer(read_json(data)),
        lambda: draw_keys.check_draw_offer(read_json(data)),
    )
    _, lock = opener_keys.read_key_file(data)
    if isinstance(lock, dict) and _is_cheap(lock):
        word = vector("opener-key/opener-hybrid")["passphrase"]
        _all(
            lambda: opener_keys.open_opener_key(data, word),
            lambda: opener_keys.open_bidder_key(data, word),
            lambda: opener_keys.open_witness_key(data, word),
            lambda: draw_keys.open_draw_key(data, word),
        )


def lock(data: bytes) -> None:
    """A secret under a passphrase."""
    found = read_json(data)
    if not isinstance(found, dict) or _is_cheap(found):
        unlock_secret(found, "1", {"v": 1})


def _is_cheap(lock: Mapping[str, Any]) -> bool:
    costs = (lock.get("memory_kib"), CHEAP_KIB), (lock.get("passes"), CHEAP_PASSES), (lock.get("lanes"), 16)
    return all(not isinstance(cost, int) or cost <= top for cost, top in costs)


def receipt(data: bytes) -> None:
    """A receipt whose statement is signed, so that everything in it is read."""
    found, pinned = read_json(data), vector("receipt/receipt")["pinned"]
    if isinstance(found, dict) and isinstance(found.get("statement"), dict):
        body = found["statement"].get("body")
        if isinstance(body, dict):
            found = found | {"statement": sign_statement(OWN, STATEMENT, body)}
    check_receipt(
        found,
        log_vkey=pinned["log_vkey"],
        platform_public=OWN.public,
        tsa_certificate=unb64(pinned["tsa_certificate"]),
    )


def capsule(data: bytes) -> None:
    """A capsule from anywhere."""
    found = unpack(data)
    for name in found.parts:
        _all(lambda name=name: found.json(name))  # type: ignore[misc]
    check_whole(found, OWN.public)


def claims(data: bytes) -> None:
    """Every claim of a capsule whose facts and parts are the input, rightly logged and signed."""
    given = read_json(data)
    if not isinstance(given, dict) or not all(
        isinstance(given.get(key), kind) for key, kind in GIVEN.items()
    ):
        raise BadInput(where="input", why="give facts and parts")
    bodies, tree, lines = [canonical(fact) for fact in given["facts"][:8]], Frontier(), []
    hashed = [leaf_hash(leaf_data(bytes(32), body)) for body in bodies]
    for leaf in hashed:
        tree = tree.append(leaf)
    for index, body in enumerate(bodies):
        way = inclusion_proof(index, len(bodies), lambda level, at: range_root(hashed, level, at))
        proof: list[Any] = [b64(step) for step in way]
        lines.append({"index": index, "fact": b64(body), "salt": b64(bytes(32)), "proof": proof})
    head = checkpoint.sign_checkpoint(checkpoint.Checkpoint(OWN.name, tree.size, tree.root()), OWN)
    keys = {"log_vkey": checkpoint.vkey(OWN.name, OWN.public), "receipts_public": b64(OWN.public)}
    keys |= {"timestamp_certificate": vector("timestamp/timestamp")["certificate"]}
    closing = {"checkpoint": head, "consistency": []}
    parts = {
        "log/head": head.encode(),
        "log/facts.json": canonical(lines),
        "log/closing.json": canonical(closing),
    }
    parts |= {"keys.json": canonical(keys)}
    parts |= {name: canonical(part) for name, part in given["parts"].items() if NAME.fullmatch(name)}
    packed = pack(parts, tender_id="t", reference="r", scope=PUBLIC, signer=OWN)
    examine(Evidence(unpack(packed)))


def range_root(hashed: list[bytes], level: int, at: int) -> bytes:
    """The root of one complete subtree."""
    return root_of(iter(hashed[at << level : (at + 1) << level]))


def headers(data: bytes) -> None:
    """Headers of an upload, one a line."""
    lines = (line.partition(":") for line in data.decode("latin-1").split("\n"))
    found = {name.strip().lower(): value.strip() for name, _, value in lines}
    _all(
        lambda: tus_protocol.check_version(found),
        lambda: tus_protocol.read_creation(found),
        lambda: tus_protocol.read_part(found),
        lambda: tus_protocol.overridden_method(found),
    )


def address(data: bytes) -> None:
    """Paths of tiles and cursors of lists."""
    text = data.decode("latin-1")
    _all(lambda: read_tile_path(text), lambda: read_time_cursor(text))


def upload_body(data: bytes) -> None:
    """The bodies of direct uploads; what their shapes refuse, the door refuses."""
    for shape in (AddressesWanted, AllSent, NewDirectUpload):
        try:
            found = msgspec.json.decode(data, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(found, NewDirectUpload):
            tus_protocol.plain_name(found.filename)
            unb64(found.prefix)


def json_text(data: bytes) -> None:
    """JSON, canonical and strict; what is canonical is written again as it was."""
    _all(lambda: read_strict_json(data, "file"), lambda: canonical(read_json(data)))
    if canonical(read_canonical(data)) != data:
        raise AssertionError("canonical JSON is not written as it was read")


def fact(data: bytes) -> None:
    """A disclosed fact of the log."""
    read_fact(data)


def sntp(data: bytes) -> None:
    """What a time server answers."""
    read_sntp(data)


TARGETS: dict[str, Callable[[bytes], object]] = {
    one.__name__: one
    for one in (
        *(bid_file, payload, archive, note, add_checkpoint, tiles, timestamp, timestamp_request, asn1),
        *(key_file, lock, receipt, capsule, claims, headers, address, upload_body, json_text, fact, sntp),
    )
}
"""Parsers of sealed bids, proofs and uploads; `documents` has those of rulebooks, bills and lists."""
