"""An SM2 authority that is none of ours: `openssl` issues its certificates and its revocation list."""

import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

USER = "distid:1234567812345678"
CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
[ca]
default_ca = one
[one]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sm3
policy = any
[any]
organizationName = optional
commonName = supplied
"""


class Sm2Issuer:
    """A root with one bidder's certificate; both begin and end around the moment of the tests."""

    def __init__(
        self, folder: Path, organisation: str = "bidder Ltd", begins: str = "20261001000000Z"
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        for name in ("root", "leaf"):
            self.run("genpkey", "-algorithm", "SM2", "-out", f"{name}.key")
            subject = "/CN=SM2 CA" if name == "root" else f"/O={organisation}/CN=signer"
            self.run("req", "-new", "-key", f"{name}.key", "-sm3", "-sigopt", USER, "-subj", subject,
                     "-out", f"{name}.csr", "-config", "openssl.cnf")  # fmt: skip
            issuer = (
                ["-selfsign", "-keyfile", "root.key"]
                if name == "root"
                else ["-cert", "root.pem", "-keyfile", "root.key"]
            )
            self.run("ca", "-batch", "-config", "openssl.cnf", "-in", f"{name}.csr", "-out", f"{name}.pem", "-notext",
                     *issuer, "-extensions", name, "-extfile", "openssl.cnf", "-startdate", begins, "-enddate",
                     "20361101000000Z", "-rand_serial", "-sigopt", USER, "-vfyopt", USER)  # fmt: skip

    def file(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def der(self, name: str) -> bytes:
        return x509.load_pem_x509_certificate(self.file(f"{name}.pem")).public_bytes(Encoding.DER)

    def revoke(self) -> None:
        self.run(
            "ca", "-config", "openssl.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-revoke", "leaf.pem"
        )

    def revocations(self, this: str = "20261101000000Z", following: str = "20261110000000Z") -> bytes:
        self.run("ca", "-gencrl", "-config", "openssl.cnf", "-cert", "root.pem", "-keyfile", "root.key",
                 "-sigopt", USER, "-crl_lastupdate", this, "-crl_nextupdate", following,
                 "-out", "root.crl")  # fmt: skip
        return x509.load_pem_x509_crl(self.file("root.crl")).public_bytes(Encoding.DER)

    def run(self, *words: str) -> bytes:
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout
