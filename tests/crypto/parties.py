"""Who takes part in a sealed bid: openers with their keys, a bidder, and envelopes between them."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crypto.envelope import EnvelopeHeader, seal_bytes
from crypto.signatures import Signer, fingerprint
from crypto.suites import suite

SEED = bytes(range(32))
BIDDER = Signer("bidder-1", b"\x0b" * 32)


@dataclass(frozen=True)
class Parties:
    """n openers of a suite, k of whom are needed."""

    suite: str = "classic"
    k: int = 3
    n: int = 5
    lot_id: str = "lot-1"
    kind: str = "bid"
    bidder: Signer = field(default=BIDDER)

    def privates(self) -> list[bytes]:
        return [bytes([number]) * 32 for number in range(1, self.n + 1)]

    def publics(self) -> list[bytes]:
        return list(publics(self.suite, self.n))

    def header(self) -> EnvelopeHeader:
        return EnvelopeHeader(
            suite=self.suite,
            tender_id="tender-1",
            lot_id=self.lot_id,
            kind=self.kind,
            bidder_id=self.bidder.name,
            bidder_key=self.bidder.public,
            submission_id="submission-1",
            k=self.k,
            n=self.n,
            opener_keys=tuple(fingerprint(public) for public in self.publics()),
        )

    def arguments(self, announcement: bytes = b'{"price":"1.00"}') -> dict[str, Any]:
        return {
            "header": self.header(),
            "opener_publics": self.publics(),
            "signer": self.bidder,
            "seed": SEED,
            "announcement": announcement,
        }

    def envelope(self, plaintext: bytes = b"content") -> bytes:
        return seal_bytes(plaintext, **self.arguments())


@cache
def publics(suite_name: str, n: int) -> tuple[bytes, ...]:
    return tuple(suite(suite_name).public_of(bytes([number]) * 32) for number in range(1, n + 1))
