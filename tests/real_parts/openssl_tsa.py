"""A timestamp authority that is none of ours: `openssl ts` behind a small HTTP server, with a CA of its own."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
clock_precision_digits = 3
ordering = yes
ess_cert_id_alg = sha256
[ext]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
"""


def run(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


class OpensslTsa:
    """One authority; `answers` decides what it does with a request."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.is_up, self.replay = folder, True, b""
        config = folder / "tsa.cnf"
        config.write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        paths = {name: str(folder / name) for name in ("ca.key", "ca.pem", "tsa.key", "tsa.csr", "tsa.pem")}
        run("req", "-x509", *curve, "-keyout", paths["ca.key"], "-out", paths["ca.pem"], "-subj", "/CN=Test CA",
            "-days", "3650", "-config", str(config), "-extensions", "ca")  # fmt: skip
        run("req", "-new", *curve, "-keyout", paths["tsa.key"], "-out", paths["tsa.csr"], "-subj", "/CN=Test TSA",
            "-config", str(config))  # fmt: skip
        run("x509", "-req", "-in", paths["tsa.csr"], "-CA", paths["ca.pem"], "-CAkey", paths["ca.key"], "-days", "365",
            "-CAcreateserial", "-extfile", str(config), "-extensions", "ext", "-out", paths["tsa.pem"])  # fmt: skip
        self.pem = (folder / "tsa.pem").read_bytes() + (folder / "ca.pem").read_bytes()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsr"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reply(self, request: bytes) -> bytes:
        query, answer = self.folder / "query", self.folder / "answer"
        query.write_bytes(request)
        run(
            "ts",
            "-reply",
            "-config",
            str(self.folder / "tsa.cnf"),
            "-queryfile",
            str(query),
            "-out",
            str(answer),
        )
        return answer.read_bytes()

    def _handler(tsa) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not tsa.is_up:
                    self.send_error(503)
                    return
                answer = tsa.replay or tsa.reply(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler
