"""Write tests/vectors for the formats of docs/formats that `crypto` implements.

    python -m tools.crypto_vectors [folder]

Everything follows from fixed inputs except what is random by nature (encapsulated keys, the payload's salt, a
certificate): running this again renews such vectors, and tests check them by opening them.
"""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto import envelope, key_shares
from crypto.archive import bytes_file, write_archive
from crypto.canonical import b64, canonical, expand, tagged_hash, unb64
from crypto.checkpoint import COSIGNATURE, Checkpoint, cosign, sign_checkpoint, vkey, write_proof
from crypto.envelope import EnvelopeHeader, read_prefix
from crypto.log_entry import fact_bytes, leaf_data
from crypto.merkle import Frontier, inclusion_of_next, inclusion_proof, leaf_hash, range_hash, root_of
from crypto.national_head import NationalHead, name_of, national_vkey, sign_national, sm3_leaf, sm3_node
from crypto.opener_keys import make_bidder_key, make_opener_key
from crypto.own_secrets import file_key, own_part, own_seed, part_commitment
from crypto.parts_digest import PART_BYTES, parts_digest
from crypto.passphrase import PassphraseCost
from crypto.receipts import SEALED, ReceiptFacts, make_receipt
from crypto.seeded_random import SeededRandom
from crypto.signatures import Signer, fingerprint, sign_statement
from crypto.suites import suite
from crypto.timestamps import issue, make_authority

FOLDER = Path(__file__).parents[1] / "tests" / "vectors"
AT = datetime(2026, 11, 21, 1, 30, 0, 123400, tzinfo=UTC)
SEED = bytes(range(32))
BIDDER = Signer("bidder-1", b"\x0b" * 32)
LOG = Signer("mingtang.example/log", b"\x02" * 32)
PLATFORM = Signer("receipts", b"\x01" * 32)
WITNESS = Signer("witness.example", b"\x03" * 32)
Vector = dict[str, Any]


def canonical_vectors() -> Vector:
    """Values and bytes, texts that must be refused, framed hashes."""
    values = [
        None,
        True,
        0,
        -5,
        2**53 - 1,
        "",
        '\u20ac\u0007\n"\\/',
        {"b": [1, {}], "a": "招标", "\ue000": 1, "\U0001f600": 2},
    ]
    refused = [
        "1.0",
        "-0",
        "9007199254740992",
        ' {"a":1}',
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '"\\u0041"',
        "NaN",
    ]
    return {
        "written": [{"value": value, "hex": canonical(value).hex()} for value in values],
        "refused": refused,
        "base64url": [{"hex": data.hex(), "text": b64(data)} for data in (b"", b"\xff", b"\xfb\xff", b"abc")],
        "base64url_refused": ["AB", "AA==", "A", "A+/A", "AA A"],
        "tagged_hash": {"tag": "seed", "parts": ["00", ""], "hex": tagged_hash("seed", b"\0", b"").hex()},
        "expand": {
            "seed": SEED.hex(),
            "tag": "file",
            "parts": ["0c"],
            "hex": expand(SEED, "file", b"\x0c").hex(),
        },
    }


def parts_digest_vectors() -> Vector:
    """Digests of zeros of sizes around the part size."""
    sizes = [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES]
    return {"zeros": [{"size": size, "digest": parts_digest(bytes(size)).hex()} for size in sizes]}


def seeded_random_vectors() -> Vector:
    """Numbers and orders from one seed; `below` are drawn one after the other, each shuffle starts afresh."""
    limits = [1, 2, 6, 10, 100, 256, 257, 65537, 2**64, 2**130 + 1]
    source = SeededRandom(SEED)
    return {
        "seed": SEED.hex(),
        "below": [{"n": str(n), "value": str(source.below(n))} for n in limits],
        "shuffled": [{"items": n, "order": SeededRandom(SEED).shuffle(range(n))} for n in (0, 1, 2, 10, 300)],
    }


def envelope_vector(
    suite_name: str, plaintext: bytes, announcement: bytes, *, bidder_also: bool = False
) -> Vector:
    """One envelope for two of three openers, with every value in between; with its bidder's own part if wanted."""
    privates = [bytes([number]) * 32 for number in (1, 2, 3)]
    publics = [suite(suite_name).public_of(private) for private in privates]
    header = EnvelopeHeader(
        suite=suite_name,
        tender_id="0d0f5f0e-1c1b-4c55-9a5e-2f6f3c1d7a10",
        lot_id="7b0a6f3e-94c7-4a53-8f39-5f1f6f0e2b21",
        kind="bid",
        bidder_id="3f0c3a52-0f0e-4f0b-8c7e-9d2b6a1e5c32",
        bidder_key=BIDDER.public,
        submission_id="5e9d8c7b-6a59-4837-a615-04f3e2d1c043",
        k=2,
        n=3,
        opener_keys=tuple(fingerprint(public) for public in publics),
        bidder_also=bidder_also,
    )
    ctx = header.ctx()
    part = own_part(BIDDER, ctx) if bidder_also else b""
    seed = own_seed(BIDDER, ctx) if bidder_also else SEED
    sealed = envelope.seal_bytes(
        plaintext, header=header, opener_publics=publics, signer=BIDDER, seed=seed, announcement=announcement
    )
    shares = key_shares.deal(seed, ctx, 2, 3)
    own = {"own_part": part.hex(), "part_commitment": part_commitment(ctx, part).hex()}
    return (own if bidder_also else {}) | {
        "seed": seed.hex(),
        "bidder_seed": BIDDER.seed.hex(),
        "opener_privates": [private.hex() for private in privates],
        "opener_publics": [public.hex() for public in publics],
        "header": header.to_json(),
        "ctx": ctx.hex(),
        "file_key": file_key(seed, ctx, part).hex(),
        "coefficients": [expand(seed, "coef", ctx, b"\x01").hex()],
        "shares": [share.to_bytes().hex() for share in shares],
        "share_commitments": [item.hex() for item in key_shares.commitments(ctx, shares)],
        "key_commitment": tagged_hash("seed", ctx, seed).hex(),
        "bid_blind": envelope.bid_blind(seed, ctx).hex(),
        "announcement": b64(announcement),
        "plaintext": b64(plaintext),
        "envelope": b64(sealed),
    }


def national_vector(plaintext: bytes, announcement: bytes) -> Vector:
    """An envelope of the suite `sm`, with the keys that SM3 gives for shares and payload."""
    known = envelope_vector("sm", plaintext, announcement)
    prefix = read_prefix(unb64(known["envelope"]))
    salt = unb64(known["envelope"])[prefix.length :][:24]
    info = b"mingtang/v1/chunked-encryption+SM4_GCM+SM3\0" + salt + prefix.ctx
    wide = HKDFExpand(hashes.SM3(), 60, info).derive(bytes.fromhex(known["file_key"]))
    return known | {
        "payload_key": wide[:16].hex(),
        "payload_base_nonce": wide[16:28].hex(),
        "payload_commitment": wide[28:].hex(),
    }


def archive_bytes() -> bytes:
    """A small archive."""
    target = io.BytesIO()
    files = [
        bytes_file("bid.json", b'{"price":"1250000.00","v":1}'),
        bytes_file("技术/方案.txt", "施工方案\n".encode()),
    ]
    write_archive(files, target)
    return target.getvalue()


def key_vectors() -> dict[str, Vector]:
    """Key files under a cheap lock."""
    cost = PassphraseCost(memory_kib=64, passes=1, lanes=1)
    files = {
        f"opener-{name}": make_opener_key(
            name, "tender-1", "opener-1", "密码 1", cost=cost, randomness=_sevens
        )
        for name in ("hybrid", "classic")
    }
    files["bidder"] = make_bidder_key("bidder-1", "密码 1", cost=cost, randomness=_sevens)
    return {
        name: {"passphrase": "密码 1", "private": (b"\x07" * 32).hex(), "file": file.decode()}
        for name, file in files.items()
    }


def _sevens(size: int) -> bytes:
    return b"\x07" * size


def log_vectors() -> dict[str, Vector]:
    """Facts, leaves, roots, a checkpoint with a witness, a receipt with its timestamp."""
    salt, digest = b"\x05" * 32, b"\xdd" * 32
    frontier, roots = Frontier(), []
    for number in range(5):
        frontier = frontier.append(leaf_hash(bytes([number])))
        roots.append(frontier.root().hex())
    facts = ReceiptFacts(
        SEALED, "tender-1", "lot-1", "bidder-1", "bid-1", "submission-1", digest, 9000, AT, log_index=5
    )
    fact = fact_bytes(SEALED, "bid-1", "tender-1", AT, {"digest": digest.hex()})
    leaf = leaf_data(salt, fact)
    after, hashes = frontier.append(leaf_hash(leaf)), inclusion_of_next(frontier)
    note = sign_checkpoint(Checkpoint(LOG.name, after.size, after.root()), LOG)
    authority = make_authority("Vector authority", AT)
    token = issue(authority, digest, AT, serial=7)
    receipt = make_receipt(
        facts, signer=PLATFORM, token=token, fact=fact, salt=salt, hashes=hashes, checkpoint=note
    )
    pinned = {
        "log_vkey": vkey(LOG.name, LOG.public),
        "platform_public": PLATFORM.public.hex(),
        "tsa_certificate": b64(authority.certificate),
    }
    return {
        "audit-log": {
            "fact": fact.decode(),
            "salt": salt.hex(),
            "leaf": leaf.hex(),
            "leaf_hash": leaf_hash(leaf).hex(),
            "roots_of_one_byte_entries": roots,
        },
        "checkpoint": {
            "log_seed": LOG.seed.hex(),
            "vkey": vkey(LOG.name, LOG.public),
            "origin": LOG.name,
            "size": after.size,
            "root": after.root().hex(),
            "note": note,
            "witness_vkey": vkey(WITNESS.name, WITNESS.public, COSIGNATURE),
            "cosigned": note + cosign(note, WITNESS, 1763688600),
            "cosigned_at": 1763688600,
            "proof": write_proof(5, hashes, note),
        },
        "timestamp": {"digest": digest.hex(), "at": "2026-11-21T01:30:00.123400Z", "token": b64(token)}
        | {"certificate": b64(authority.certificate)},
        "receipt": {"pinned": pinned, "receipt": receipt},
        "statement": {
            "seed": PLATFORM.seed.hex(),
            "public": PLATFORM.public.hex(),
            "statement": sign_statement(PLATFORM, "share.released", {"index": 1, "tender": "tender-1"}),
        },
    }


def national_head_vector() -> Vector:
    """A national head over five entries of one byte, as SM2 signs it this time."""
    private, entries = bytes(range(32)), [bytes([number]) for number in range(5)]
    hashes = [sm3_leaf(entry) for entry in entries]

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return hashes[index]
        return sm3_node(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    roots = [range_hash(0, size, node, sm3_node) for size in range(1, 6)]
    plain = root_of(leaf_hash(entry) for entry in entries)
    head = NationalHead(name_of(LOG.name), 5, roots[-1], plain)
    return {
        "private": private.hex(),
        "vkey": national_vkey(LOG.name, private),
        "roots_of_one_byte_entries": [root.hex() for root in roots],
        "sha256_root": plain.hex(),
        "proof_of_entry_3": [step.hex() for step in inclusion_proof(3, 5, node, sm3_node)],
        "note": sign_national(head, private),
    }


def all_vectors() -> dict[str, Vector]:
    """Every vector, keyed by its path without ending."""
    bid = b'{"price":"1250000.00","v":1}'
    keys = {f"opener-key/{name}": vector for name, vector in key_vectors().items()}
    logs = {f"{name}/{name}": vector for name, vector in log_vectors().items()}
    return {
        "canonical/canonical": canonical_vectors(),
        "parts-digest/zeros": parts_digest_vectors(),
        "seeded-random/seeded-random": seeded_random_vectors(),
        "sealed-envelope/hybrid": envelope_vector("hybrid", b"content", bid),
        "sealed-envelope/classic": envelope_vector("classic", b"", bid),
        "sealed-envelope/bidder-also": envelope_vector("hybrid", b"content", bid, bidder_also=True),
        "sealed-envelope/sm": national_vector(b"content", bid),
        "national-head/national-head": national_head_vector(),
        "sealed-envelope/archive": envelope_vector("classic", archive_bytes(), bid),
        **keys,
        **logs,
    }


def main(folder: Path = FOLDER) -> None:
    """Write all vectors."""
    for name, vector in all_vectors().items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(vector, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
