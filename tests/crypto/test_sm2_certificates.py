"""SM2 certificates of another program: their chain, their list, their key."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crypto.certificate_keys import Sm2Key, is_issued, key_of
from crypto.certificates import check_chain, read_certificate
from crypto.revocation import check_fetched
from crypto.signing_keys import open_signing_key
from kernel.errors import BadInput, Refused
from tests.issuers import AT, DAY, Issuer
from tests.sm2_issuer import Sm2Issuer

MESSAGE = b"message"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Sm2Issuer:
    return Sm2Issuer(tmp_path_factory.mktemp("sm2"))


def test_certificates_and_lists_of_another_program_hold(issuer: Sm2Issuer) -> None:
    leaf, root = issuer.der("leaf"), issuer.der("root")
    path = check_chain([leaf], [root], AT)
    assert len(path) == 2
    assert isinstance(key_of(path[0]), Sm2Key)
    check_fetched(issuer.revocations(), [read_certificate(root)], AT)
    with pytest.raises(Refused, match="expired"):
        check_chain([leaf], [root], AT + 3700 * DAY)


def test_an_authority_of_another_kind_did_not_issue_them(issuer: Sm2Issuer) -> None:
    assert not is_issued(read_certificate(issuer.der("leaf")), read_certificate(Issuer().certificate))
    with pytest.raises(Refused, match="weaker than SHA-256, or by an unknown one"):
        is_issued(read_certificate(Issuer().issue().certificate), read_certificate(issuer.der("root")))


def test_a_key_of_another_program_signs_and_that_program_agrees(issuer: Sm2Issuer, tmp_path: Path) -> None:
    signer = open_signing_key(issuer.file("leaf.key"), issuer.file("leaf.pem"), None, [[issuer.der("root")]])
    assert signer.algorithm == "sm2-sm3"
    assert signer.chain == (issuer.der("leaf"),)
    made = signer.sign(MESSAGE)
    (tmp_path / "message").write_bytes(MESSAGE)
    der = encode_dss_signature(int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big"))
    (tmp_path / "signature").write_bytes(der)
    subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-certin", "-inkey", str(issuer.folder / "leaf.pem"), "-in", "message",
         "-sigfile", "signature", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip


def test_a_machine_without_the_package_says_what_is_missing(
    issuer: Sm2Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = open_signing_key(issuer.file("leaf.key"), issuer.file("leaf.pem"), None, [[issuer.der("root")]])
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    with pytest.raises(BadInput, match="gmssl-pyx"):
        signer.sign(MESSAGE)
    with pytest.raises(BadInput, match="gmssl-pyx"):
        check_chain([issuer.der("leaf")], [issuer.der("root")], AT)
