"""Write tests/vectors/signing-certificate anew: `python -m tests.certificate_vectors`.

Keys, and so certificates and signatures, are made by chance each time; SM2 is made by OpenSSL.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from crypto.canonical import b64
from crypto.certificates import check_chain
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import read_prefix
from crypto.signing_certificate import CertificateSigner, signed_bytes
from crypto.signing_keys import open_signing_key
from kernel.clock import write_time
from tender.signing import Holder, SigningAuthority, SigningTerms, check_signed, write_terms
from tests.crypto.parties import Parties
from tests.issuers import AT, NUMBER, Issuer, rsa_key
from tests.sm2_issuer import Sm2Issuer

FOLDER = Path(__file__).parent / "vectors" / "signing-certificate"


def vector(
    signer: CertificateSigner, pinned: tuple[bytes, ...], lists: list[bytes], holder: Holder
) -> dict[str, Any]:
    """One envelope's prefix with all that its check needs."""
    check_chain(signer.chain, pinned, AT)
    made = seal_bytes(b"content", **Parties("classic", k=1, n=2).arguments(), certificate=signer)
    prefix = read_prefix(made)
    terms = SigningTerms((SigningAuthority("authority", pinned, 48),))
    proof = check_signed(terms, holder, [prefix], {"authority": lists}, AT)
    assert proof is not None
    return {
        "at": write_time(AT),
        "terms": write_terms(terms),
        "holder": holder.to_json(),
        "lists": [b64(one) for one in lists],
        "prefix": b64(prefix.to_bytes()),
        "covered": signed_bytes(signer.chain[0], prefix.bare()).hex(),
        "account": proof.to_json(),
        "account_digest": proof.digest(),
    }


def vectors(folder: Path) -> dict[str, dict[str, Any]]:
    """By name."""
    root, rsa_root = Issuer("Root CA"), Issuer("RSA CA", key=rsa_key(3072))
    middle, national = Issuer("Issuing CA", above=root), Sm2Issuer(folder, "bidder Ltd")
    by_number, by_name = Holder("", NUMBER), Holder("bidder Ltd")
    trusted = (root.certificate, middle.certificate)
    leaf = rsa_root.issue(number=f"NTRCN-{NUMBER}", key=rsa_key())
    sm2 = open_signing_key(
        national.file("leaf.key"), national.file("leaf.pem"), None, [[national.der("root")]]
    )
    return {
        "rsa": vector(
            leaf.signer([rsa_root.certificate]), (rsa_root.certificate,), [rsa_root.revocations()], by_number
        ),
        "ecdsa": vector(
            middle.issue().signer(trusted), trusted, [middle.revocations(), root.revocations()], by_name
        ),
        "sm2": vector(sm2, (national.der("root"),), [national.revocations()], by_name),
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made_in:
        for name, content in vectors(Path(made_in)).items():
            (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
