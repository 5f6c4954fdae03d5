"""Key files and releases that are asked of the browser's sealing library."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from crypto import envelope as env
from crypto.canonical import b64
from crypto.opener_keys import make_bidder_key, make_opener_key
from crypto.passphrase import PassphraseCost
from crypto.signatures import Signer, fingerprint
from crypto.suites import suite
from tests.crypto.parties import Parties

VECTORS = Path(__file__).parents[1] / "vectors"
KEYS = {
    name: json.loads((VECTORS / f"opener-key/{name}.json").read_text())
    for name in ("bidder", "opener-classic", "opener-hybrid")
}
CHEAP = PassphraseCost(memory_kib=64, passes=1, lanes=1)
CHEAP_JSON = {"memory_kib": 64, "passes": 1, "lanes": 1}
PASSPHRASE = "correct horse 电池"
RELEASES: dict[str, dict[str, Any] | None] = {"bids": None, "prices": {"log_size": 12, "log_root": "bb"}}


def released_prefixes() -> list[bytes]:
    """Two envelopes for which the opener of the vectors holds the second share; of one it cannot be decrypted."""
    parties, own = Parties(k=1, n=2), Signer("opener-1", b"\x07" * 32)
    public = suite("classic").public_of(own.seed)
    header = replace(parties.header(), opener_keys=(fingerprint(parties.publics()[0]), fingerprint(public)))
    arguments = parties.arguments() | {"header": header, "opener_publics": [parties.publics()[0], public]}
    good = env.read_prefix(env.seal_bytes(b"", **arguments))
    bad = replace(good, share_ciphertexts=(good.share_ciphertexts[1], good.share_ciphertexts[0]))
    return [good.to_bytes(), bad.to_bytes()]


def key_makings() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "cost", {"act": "cost"}
    yield (
        "make bidder",
        {"act": "make_bidder", "bidder": "org-1", "passphrase": PASSPHRASE, "cost": CHEAP_JSON},
    )
    for name in ("classic", "hybrid"):
        yield (
            f"make {name}",
            {
                "act": "make_opener",
                "suite": name,
                "tender": "t",
                "opener": "o",
                "passphrase": PASSPHRASE,
                "cost": CHEAP_JSON,
            },
        )
        file = make_opener_key(name, "t", "o", PASSPHRASE, cost=CHEAP).decode()
        yield f"python opener {name}", {"act": "open_opener", "file": file, "passphrase": PASSPHRASE}
    opener = KEYS["opener-classic"]
    for name, locked in RELEASES.items():
        sealed = [{"bid": f"bid-{n}", "prefix": b64(prefix)} for n, prefix in enumerate(released_prefixes())]
        closing = {
            "tender": "tender-1",
            "opener": 2,
            "bids": 2,
            "log_size": 9,
            "log_root": "aa",
            "sealed": sealed,
        }
        given = {"file": opener["file"], "passphrase": opener["passphrase"]}
        yield f"release {name}", {"act": "release", **given, "closing": closing | {"locked": locked}}
    many_lanes = PassphraseCost(memory_kib=256, passes=2, lanes=4)
    file = make_bidder_key("org-1", PASSPHRASE, cost=many_lanes).decode()
    yield "python bidder", {"act": "open_bidder", "file": file, "passphrase": PASSPHRASE}
    yield (
        "greedy lock",
        {"act": "open_bidder", "file": file.replace('"passes":2', '"passes":65'), "passphrase": PASSPHRASE},
    )
    yield (
        "changed half",
        {"act": "open_bidder", "file": file.replace("org-1", "org-2"), "passphrase": PASSPHRASE},
    )
