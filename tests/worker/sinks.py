"""Small real servers that take what the platform sends: an SMTP server with TLS, and an HTTP gateway."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "sink.pem", folder / "sink.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@dataclass
class Mailbox:
    """What an SMTP sink has seen."""

    context: ssl.SSLContext
    starttls: bool
    offers_tls: bool = True
    password: str = ""
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    clear: list[bytes] = field(default_factory=list)
    """every line that came before TLS"""


class SmtpHandler(StreamRequestHandler):
    """One SMTP connection."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.is_tls = False
        try:
            if not box.starttls:
                self.raise_tls(box)
            self.say("220 sink")
            sender = recipient = ""
            while line := self.rfile.readline():
                if not self.is_tls:
                    box.clear.append(line)
                verb, _, rest = line.decode().strip().partition(" ")
                if verb.upper() == "EHLO":
                    more = "STARTTLS" if not self.is_tls and box.offers_tls else "AUTH PLAIN"
                    self.say(f"250-sink\r\n250 {more}")
                elif verb.upper() == "STARTTLS":
                    self.say("220 go on")
                    self.raise_tls(box)
                elif verb.upper() == "AUTH":
                    _, user, password = base64.b64decode(rest.split(" ")[1]).decode().split("\0")
                    box.sign_ins.append((user, password))
                    self.say("235 in" if password == box.password else "535 no")
                elif verb.upper() == "MAIL":
                    sender = rest
                    self.say("250 ok")
                elif verb.upper() == "RCPT":
                    recipient = rest
                    self.say("250 ok")
                elif verb.upper() == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part)
                    box.mails.append((sender, recipient, b"".join(lines).decode()))
                    self.say("250 kept")
                else:
                    self.say("221 bye" if verb.upper() == "QUIT" else "250 ok")
        except (ssl.SSLError, ConnectionError):
            return

    def raise_tls(self, box: Mailbox) -> None:
        self.connection = box.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.is_tls = True

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
        self.wfile.flush()


@contextmanager
def smtp_sink(certificate: tuple[Path, Path], **values: Any) -> Iterator[tuple[int, Mailbox]]:
    """A mail server on a free port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    box = Mailbox(context, **values)
    with ThreadingTCPServer((HOST, 0), SmtpHandler) as server:
        server.box = box  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1], box
        server.shutdown()


@dataclass
class Received:
    """What an HTTP gateway has seen, and what it answers next."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    seconds: float = 0.0


@contextmanager
def http_sink() -> Iterator[tuple[str, Received]]:
    """A gateway on a free port that answers 200, unless other statuses are set."""
    got, wake = Received(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.requests.append(({key.lower(): value for key, value in self.headers.items()}, body))
            wake.wait(got.seconds)
            self.send_response(got.statuses.pop(0) if got.statuses else 200)
            self.send_header("X-Receipt", f"receipt-{len(got.requests)}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://{HOST}:{server.server_address[1]}/send", got
        wake.set()
        server.shutdown()
