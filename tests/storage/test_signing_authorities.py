"""The operator's file of authorities, line by line, and where revocation lists come from."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kernel.errors import Unavailable
from storage.signing_authorities import fetch_list, read_authorities_file
from tests.issuers import Issuer

ROOT = Issuer()
LIST = ROOT.revocations()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "ca.pem").write_bytes(ROOT.pem)
    (tmp_path / "none.pem").write_text("no certificate")
    return tmp_path / "authorities"


def test_a_line_names_an_authority_its_certificates_and_its_lists(file: Path) -> None:
    file.write_text(
        "# trusted since 2026\n\nca certificates=ca.pem lists=http://ca.example/1.crl,near.crl hours=24 # daily\n"
        "other hours=1 lists=a.crl certificates=ca.pem\n"
    )
    found = read_authorities_file(file)
    assert list(found) == ["ca", "other"]
    assert found["ca"].certificates == (ROOT.certificate,)
    assert found["ca"].sources == ("http://ca.example/1.crl", str(file.parent / "near.crl"))
    assert (found["ca"].list_hours, found["other"].list_hours) == (24, 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ca certificates=ca.pem lists=a.crl hours=24 ocsp=http://x", "line 1: ocsp is not known"),
        ("ca certificates=ca.pem lists=a.crl", "each of certificates, lists, hours"),
        ("ca certificates=ca.pem lists= hours=24", "each of certificates, lists, hours"),
        (
            "ca certificates=ca.pem certificates=ca.pem lists=a.crl hours=24",
            "each of certificates, lists, hours",
        ),
        ("ca certificates=ca.pem lists=a.crl hours=0", "1 to 744"),
        ("ca certificates=ca.pem lists=a.crl hours=745", "1 to 744"),
        ("ca certificates=ca.pem lists=a.crl hours=day", "1 to 744"),
        ("ca certificates=ca.pem lists=ldap://x hours=24", "http addresses or files"),
        ("ca certificates=gone.pem lists=a.crl hours=24", "gone.pem"),
        ("ca certificates=none.pem lists=a.crl hours=24", "line 1"),
        ("ca certificates=ca.pem lists=a.crl hours=24\n" * 2, "line 2: ca is there twice"),
    ],
)
def test_a_line_that_says_something_else_is_told_with_its_number(file: Path, line: str, why: str) -> None:
    file.write_text(line)
    with pytest.raises(ValueError, match=why):
        read_authorities_file(file)


class Answer(BaseHTTPRequestHandler):
    """Gives the list, or an error where another path is asked for."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ca.crl" else 404)
        self.end_headers()
        self.wfile.write(LIST if self.path == "/ca.crl" else b"nothing here")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_list_comes_over_http_or_from_a_file_in_either_form(address: str, tmp_path: Path) -> None:
    assert fetch_list(f"{address}/ca.crl") == LIST
    (tmp_path / "der").write_bytes(LIST)
    (tmp_path / "pem").write_bytes(x509.load_der_x509_crl(LIST).public_bytes(Encoding.PEM))
    assert fetch_list(str(tmp_path / "der")) == fetch_list(str(tmp_path / "pem")) == LIST


def test_whoever_does_not_answer_is_unavailable(address: str, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("-----BEGIN X509 CRL-----\nnothing")
    for source in (
        f"{address}/gone.crl",
        "http://127.0.0.1:1/ca.crl",
        str(tmp_path / "no"),
        str(tmp_path / "broken"),
    ):
        with pytest.raises(Unavailable):
            fetch_list(source)
