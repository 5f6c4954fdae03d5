"""The key of a bidder's signing certificate, where a tender asks for a signature by one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.passphrases import signing_passphrase
from crypto.certificates import check_chain, read_certificate
from crypto.signing_certificate import CertificateSigner
from crypto.signing_keys import needs_passphrase, open_signing_key
from kernel.errors import BadInput
from tender.signing import read_terms


def certificate_signer(
    notice: dict[str, Any], key: Path | None, certificates: Path | None
) -> CertificateSigner | None:
    """The signer that the tender asks for; None where the account's key alone signs.

    Raises:
        BadInput: it is missing, not wanted or unusable.
        Refused: the platform would refuse the certificate as it is now.
    """
    authorities = read_terms(notice["sealing"].get("signing")).authorities
    if key is None and authorities:
        names = ", ".join(one.name for one in authorities)
        why = f"this tender asks for a signature by a certificate of {names}"
        raise BadInput(where="--sign-with", why=why)
    if key is None:
        return None
    if not authorities:
        raise BadInput(where="--sign-with", why="this tender takes bids that the account's key alone signs")
    file, more = key.read_bytes(), certificates.read_bytes() if certificates else b""
    entered = signing_passphrase() if needs_passphrase(file) else None
    signer = open_signing_key(file, more, entered, [one.certificates for one in authorities])
    issuer = next(one for one in authorities if one.may_have_issued(signer.chain[-1]))
    check_chain(signer.chain, issuer.certificates, datetime.now(UTC))
    return signer


def told_signer(signer: CertificateSigner) -> str:
    """The signer's certificate in a line."""
    subject = read_certificate(signer.chain[0]).subject.rfc4514_string()
    return f"{subject} ({signer.algorithm})"
