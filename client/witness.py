"""`mingtang witness`: sign heads of a log, and never one that does not contain the last.

`serve` waits for logs to call (C2SP tlog-witness); `follow` fetches the head itself, for machines that nobody can call.
"""

import threading
import time
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from client.console import plain_errors, say
from client.head_state import HeadStore
from client.hold_key import write_private
from client.log_reader import LogReader
from client.passphrases import passphrase
from crypto.checkpoint import COSIGNATURE, MAX_NOTE_CHARS, cosign, read_checkpoint, read_vkey, vkey
from crypto.opener_keys import make_witness_key, open_witness_key
from crypto.signatures import Signer
from crypto.witnessing import SeenHead, judge, read_request, way_between, write_request
from kernel.errors import BadInput, IntegrityBroken

WITNESS = typer.Typer(no_args_is_help=True, help="Witness a log: sign its heads, refuse two histories.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
Key = Annotated[Path, typer.Option(help="Your witness key file")]
State = Annotated[Path, typer.Option(help="Folder with the last head signed; never lose or copy it")]
Logs = Annotated[list[str], typer.Option("--log", help="Verifier key of a log, as /api/platform gives it")]
BODY_LIMIT = 2 * MAX_NOTE_CHARS


class WitnessBook:
    """The heads that one witness signs: each log's in order, kept before the signature leaves."""

    def __init__(self, signer: Signer, logs: list[str], store: HeadStore) -> None:
        self._signer, self._store = signer, store
        self._logs = {read_vkey(log)[0]: log for log in logs}
        self._lock = threading.Lock()

    def last(self, origin: str) -> SeenHead | None:
        """The last head signed of a log."""
        return self._store.load(origin)

    def sign(self, text: str, at: int) -> tuple[HTTPStatus, str]:
        """Answer add-checkpoint: the status, and the line or the size signed last."""
        try:
            request = read_request(text)
            log = self._logs.get(request.note.split("\n")[0])
            if log is None:
                return HTTPStatus.NOT_FOUND, "this witness does not know the log\n"
            head = read_checkpoint(request.note, log)
        except BadInput as error:
            return HTTPStatus.BAD_REQUEST, f"{error}\n"
        except IntegrityBroken as error:
            return HTTPStatus.FORBIDDEN, f"{error}\n"
        with self._lock:
            try:
                stale = judge(self._store.load(head.origin), request, head)
            except BadInput as error:
                return HTTPStatus.BAD_REQUEST, f"{error}\n"
            except IntegrityBroken as error:
                return HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}\n"
            if stale is not None:
                return HTTPStatus.CONFLICT, f"{stale}\n"
            self._store.save(head.origin, SeenHead(head.size, head.root))
        return HTTPStatus.OK, cosign(request.note, self._signer, at)


def make_server(book: WitnessBook, host: str, port: int) -> ThreadingHTTPServer:
    """A server of add-checkpoint, ready to serve."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "mingtang-witness", ""
        timeout = 30

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                return self.answer(HTTPStatus.NOT_FOUND, "post to /add-checkpoint\n")
            if not length.isdigit() or int(length) > BODY_LIMIT:
                return self.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {BODY_LIMIT} bytes\n")
            try:
                text = self.rfile.read(int(length)).decode()
            except UnicodeDecodeError:
                return self.answer(HTTPStatus.BAD_REQUEST, "the request is not text in UTF-8\n")
            return self.answer(*book.sign(text, int(time.time())))

        def answer(self, status: HTTPStatus, text: str) -> None:
            body = text.encode()
            kind = "text/x.tlog.size" if status is HTTPStatus.CONFLICT else "text/plain; charset=utf-8"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return  # what was signed stands in the state; addresses of callers are nobody's business

    return ThreadingHTTPServer((host, port), Handler)


def follow_once(reader: LogReader, book: WitnessBook, at: int) -> SeenHead | None:
    """Fetch the head, sign it if it is a new one, bring the line back; the head when one was signed.

    Raises:
        IntegrityBroken: the log shows another history than the one signed before.
    """
    found = reader.head()
    last = book.last(found.head.origin)
    if last is not None and found.head.size < last.size:
        raise IntegrityBroken(what=f"the log shrank from {last.size} to {found.head.size} entries")
    old = last.size if last else 0
    nodes = reader.nodes(found.head.size)
    status, text = book.sign(write_request(old, way_between(old, found.head.size, nodes), found.note), at)
    if status is not HTTPStatus.OK:
        raise IntegrityBroken(what=f"the head of {found.head.size} entries cannot be signed: {text.strip()}")
    reader.offer(found.note + text)
    return None if last and last.size == found.head.size else SeenHead(found.head.size, found.head.root)


@WITNESS.command("new")
def new_command(
    name: Annotated[str, typer.Argument(help="Name of the witness, such as audit.example.org")],
    out: Annotated[Path, typer.Option(help="Where the key goes")] = Path("witness.key"),
    as_json: AsJson = False,
) -> None:
    """Make a witness's key; hand its verifier key to the operators of logs and to whoever checks receipts."""
    with plain_errors(as_json):
        write_private(out, make_witness_key(name, passphrase(confirm=True)))
        signer = open_witness_key(out.read_bytes(), passphrase())
        say({"key": str(out), "vkey": vkey(name, signer.public, COSIGNATURE)}, as_json=as_json)


@WITNESS.command("serve")
def serve_command(
    log: Logs,
    key: Key = Path("witness.key"),
    state: State = Path("witness-state"),
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on")] = 8019,
    as_json: AsJson = False,
) -> None:
    """Wait for logs that show their heads, and sign what holds."""
    with plain_errors(as_json):
        book = WitnessBook(open_witness_key(key.read_bytes(), passphrase()), log, HeadStore(state))
        server = make_server(book, host, port)
        say({"listening": f"http://{host}:{server.server_port}/add-checkpoint"}, as_json=as_json)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()


@WITNESS.command("follow")
def follow_command(
    server: Annotated[str, typer.Argument(help="Address of the platform")],
    log: Annotated[str, typer.Option("--log", help="Verifier key of its log, as /api/platform gives it")],
    key: Key = Path("witness.key"),
    state: State = Path("witness-state"),
    every: Annotated[int, typer.Option(help="Seconds between two looks")] = 60,
    once: Annotated[bool, typer.Option("--once", help="Look once and end")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch the head again and again, sign what holds, and bring the signature back; ends with an alarm at a fork."""
    with plain_errors(as_json):
        book = WitnessBook(open_witness_key(key.read_bytes(), passphrase()), [log], HeadStore(state))
        reader = LogReader(server, log)
        while True:
            try:
                signed = follow_once(reader, book, int(time.time()))
                if signed or once:
                    last = signed or book.last(read_vkey(log)[0])
                    said = {"signed": last.size if last else 0, "at": f"{datetime.now():%F %T}"}
                    say(said, as_json=as_json)
            except httpx.HTTPError as error:
                if once:
                    raise
                say({"unreachable": type(error).__name__, "next_try_in": every}, as_json=as_json)
            if once:
                return
            time.sleep(every)
