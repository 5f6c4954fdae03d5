"""One round of a drand chain, checked: the signature is the chain's over the round's number, its hash the randomness.

Scheme `bls-unchained-g1-rfc9380` (chain quicknet): the message is SHA-256 of the round as 8 big-endian bytes, hashed
to G1 with the tag `DST`; signatures are 48 bytes in G1, public keys 96 bytes in G2.
Verification only: what it works on is public, so it need not hide how long it takes.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final

from kernel.errors import IntegrityBroken

DST: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
KEY_HEX: Final = 192
SIGNATURE_HEX: Final = 96
QUICKNET_KEY: Final = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
"""The public key of the chain 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971."""

QUICKNET_GENESIS: Final = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
"""When its round 1 came."""
QUICKNET_PERIOD: Final = timedelta(seconds=3)
MOST_ROUND: Final = 10**10  # in the year 2974: a moment that a calendar still knows


def round_time(round: int) -> datetime:
    """When a round of quicknet comes into the world."""
    return QUICKNET_GENESIS + (round - 1) * QUICKNET_PERIOD


def first_round_after(moment: datetime) -> int:
    """The first round of quicknet that comes later than a moment."""
    return max(1, (moment - QUICKNET_GENESIS) // QUICKNET_PERIOD + 2)


@lru_cache(maxsize=64)
def check_round(public_key: bytes, round: int, signature: bytes) -> bytes:
    """The randomness of a round whose signature holds, 32 bytes; takes about a second.

    Raises:
        IntegrityBroken: another round, another chain, or no signature at all.
    """
    # Loaded here: most processes never check a round.
    from crypto.bls import (
        G2,
        G1Compressed,
        G2Compressed,
        decompress_G1,
        decompress_G2,
        final_exponentiate,
        hash_to_G1,
        is_inf,
        neg,
        optimized_bls12_381_FQ12,
        pairing,
        subgroup_check,
    )

    try:
        if len(public_key) != KEY_HEX // 2 or len(signature) != SIGNATURE_HEX // 2:
            raise ValueError("another length")
        half = len(public_key) // 2
        numbers = int.from_bytes(public_key[:half], "big"), int.from_bytes(public_key[half:], "big")
        key = decompress_G2(G2Compressed(numbers))
        signed = decompress_G1(G1Compressed(int.from_bytes(signature, "big")))
        if is_inf(key) or is_inf(signed) or not subgroup_check(key) or not subgroup_check(signed):
            raise ValueError("a point outside its group")
    except (ValueError, AssertionError):
        raise IntegrityBroken(what="drand: the key or the signature is not a point of its group") from None
    message = hash_to_G1(sha256(round.to_bytes(8, "big")).digest(), DST, sha256)  # type: ignore[arg-type]
    both = pairing(key, message, final_exponentiate=False) * pairing(
        neg(G2), signed, final_exponentiate=False
    )
    if final_exponentiate(both) != optimized_bls12_381_FQ12.one():
        raise IntegrityBroken(what=f"drand: the signature is not that of round {round}")
    return sha256(signature).digest()
