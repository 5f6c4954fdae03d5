"""The vectors of docs/formats, both ways: recomputed where nothing is random, opened where something is."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto import envelope as env
from crypto import key_shares
from crypto.archive import read_archive
from crypto.canonical import b64, canonical, expand, read_canonical, tagged_hash, unb64
from crypto.checkpoint import (
    Checkpoint,
    check_cosignature,
    read_checkpoint,
    read_proof,
    sign_checkpoint,
    vkey,
)
from crypto.log_entry import leaf_data, read_fact
from crypto.merkle import Frontier, leaf_hash, verify_inclusion
from crypto.national_head import national_vkey, read_national, sm3_leaf, sm3_node
from crypto.opener_keys import open_bidder_key, open_opener_key
from crypto.parts_digest import parts_digest
from crypto.receipts import check_receipt
from crypto.seeded_random import SeededRandom
from crypto.signatures import Signer, check_statement, sign_statement
from crypto.suites import suite
from crypto.timestamps import check_token
from kernel.clock import write_time
from kernel.errors import BadInput
from tools import crypto_vectors

FOLDER = Path(__file__).parents[1] / "vectors"
CHANCE = {"sealed-envelope", "timestamp", "receipt", "national-head"}


def vector(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", [name for name in crypto_vectors.all_vectors() if name.split("/")[0] not in CHANCE]
)
def test_the_generator_still_writes_these_vectors(name: str) -> None:
    assert crypto_vectors.all_vectors()[name] == vector(name)


def test_canonical_bytes() -> None:
    known = vector("canonical/canonical")
    for item in known["written"]:
        assert canonical(item["value"]).hex() == item["hex"]
        assert read_canonical(bytes.fromhex(item["hex"])) == item["value"]
    for text in known["refused"]:
        with pytest.raises(BadInput):
            read_canonical(text.encode())
    for item in known["base64url"]:
        assert (b64(bytes.fromhex(item["hex"])), unb64(item["text"]).hex()) == (item["text"], item["hex"])
    for text in known["base64url_refused"]:
        with pytest.raises(BadInput):
            unb64(text)


def test_framed_hashes() -> None:
    known = vector("canonical/canonical")
    one, two = known["tagged_hash"], known["expand"]
    assert tagged_hash(one["tag"], *map(bytes.fromhex, one["parts"])).hex() == one["hex"]
    assert (
        expand(bytes.fromhex(two["seed"]), two["tag"], *map(bytes.fromhex, two["parts"])).hex() == two["hex"]
    )


def test_parts_digests() -> None:
    for item in vector("parts-digest/zeros")["zeros"]:
        assert parts_digest(bytes(item["size"])).hex() == item["digest"]


def test_seeded_random_numbers() -> None:
    known = vector("seeded-random/seeded-random")
    seed = bytes.fromhex(known["seed"])
    source = SeededRandom(seed)
    assert [str(source.below(int(item["n"]))) for item in known["below"]] == [
        item["value"] for item in known["below"]
    ]
    for item in known["shuffled"]:
        assert SeededRandom(seed).shuffle(range(item["items"])) == item["order"]


@pytest.mark.parametrize("name", ["hybrid", "classic", "sm", "archive", "bidder-also"])
def test_sealed_envelopes(name: str) -> None:
    known = vector(f"sealed-envelope/{name}")
    data = unb64(known["envelope"])
    prefix = env.read_prefix(data)
    env.check_signature(prefix)
    assert prefix.header.to_json() == known["header"]
    assert prefix.ctx.hex() == known["ctx"]
    assert prefix.key_commitment.hex() == known["key_commitment"]
    assert [item.hex() for item in prefix.share_commitments] == known["share_commitments"]
    privates = [bytes.fromhex(private) for private in known["opener_privates"]]
    publics = [suite(prefix.header.suite).public_of(private).hex() for private in privates]
    assert publics == known["opener_publics"]
    shares = {index: env.open_share(prefix, index, private) for index, private in enumerate(privates, 1)}
    assert [share.hex() for share in shares.values()] == known["shares"]
    seed = env.join_shares(prefix, shares).seed
    assert seed is not None
    assert seed.hex() == known["seed"]
    part = bytes.fromhex(known.get("own_part", ""))
    assert env.open_bytes(data, seed, part=part) == unb64(known["plaintext"])
    env.check_announcement(prefix, bytes.fromhex(known["bid_blind"]), unb64(known["announcement"]))


def test_what_the_envelope_vectors_derive() -> None:
    known = vector("sealed-envelope/classic")
    seed, ctx = bytes.fromhex(known["seed"]), bytes.fromhex(known["ctx"])
    assert expand(seed, "file", ctx).hex() == known["file_key"]
    assert [expand(seed, "coef", ctx, b"\x01").hex()] == known["coefficients"]
    assert [share.to_bytes().hex() for share in key_shares.deal(seed, ctx, 2, 3)] == known["shares"]


def test_payloads_of_the_national_suite_by_the_book() -> None:
    known = vector("sealed-envelope/sm")
    data, ctx = unb64(known["envelope"]), bytes.fromhex(known["ctx"])
    sealed = data[env.read_prefix(data).length :]
    info = b"mingtang/v1/chunked-encryption+SM4_GCM+SM3\0" + sealed[:24] + ctx
    okm = HKDFExpand(hashes.SM3(), 60, info).derive(bytes.fromhex(known["file_key"]))
    assert [okm[:16].hex(), okm[16:28].hex(), okm[28:].hex()] == [
        known["payload_key"],
        known["payload_base_nonce"],
        known["payload_commitment"],
    ]
    assert sealed[24:56] == okm[28:]
    reader = Cipher(algorithms.SM4(okm[:16]), modes.GCM(okm[16:28], sealed[-16:])).decryptor()
    assert reader.update(sealed[56:-16]) + reader.finalize() == unb64(known["plaintext"])


def test_payloads_are_c2sp_chunked_encryption_by_the_book() -> None:
    known = vector("sealed-envelope/archive")
    data, ctx = unb64(known["envelope"]), bytes.fromhex(known["ctx"])
    sealed = data[env.read_prefix(data).length :]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + sealed[:24] + ctx
    okm = HKDFExpand(hashes.SHA512(), 76, info).derive(bytes.fromhex(known["file_key"]))
    key, base, commitment = okm[:32], int.from_bytes(okm[32:44], "big"), okm[44:]
    assert sealed[24:56] == commitment
    chunks = [sealed[at : at + 16400] for at in range(56, len(sealed), 16400)]
    assert len(chunks) == 2
    plain = (
        AESGCM(key).decrypt((base ^ n).to_bytes(12, "big"), chunk, None) for n, chunk in enumerate(chunks)
    )
    assert b"".join(plain) == unb64(known["plaintext"])


def test_the_program_on_the_page_of_seeded_random_draws_the_same() -> None:
    page = (FOLDER.parents[1] / "docs" / "formats" / "seeded-random.md").read_text(encoding="utf-8")
    program: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], program)
    known = vector("seeded-random/seeded-random")
    drawn = program["numbers"](bytes.fromhex(known["seed"]), [int(item["n"]) for item in known["below"]])
    assert [str(number) for number in drawn] == [item["value"] for item in known["below"]]


def test_the_archive_in_an_envelope() -> None:
    plaintext = unb64(vector("sealed-envelope/archive")["plaintext"])
    files = {entry.name: entry.read() for entry in read_archive(io.BytesIO(plaintext))}
    assert files == {"bid.json": b'{"price":"1250000.00","v":1}', "技术/方案.txt": "施工方案\n".encode()}
    assert crypto_vectors.archive_bytes() == plaintext


@pytest.mark.parametrize("name", ["opener-hybrid", "opener-classic"])
def test_opener_key_files(name: str) -> None:
    known = vector(f"opener-key/{name}")
    key = open_opener_key(known["file"].encode(), known["passphrase"])
    assert (key.hpke_private.hex(), key.signer.seed.hex()) == (known["private"], known["private"])


def test_bidder_key_files() -> None:
    known = vector("opener-key/bidder")
    assert open_bidder_key(known["file"].encode(), known["passphrase"]).seed.hex() == known["private"]


def test_audit_log() -> None:
    known = vector("audit-log/audit-log")
    leaf = leaf_data(bytes.fromhex(known["salt"]), known["fact"].encode())
    assert (leaf.hex(), leaf_hash(leaf).hex()) == (known["leaf"], known["leaf_hash"])
    assert read_fact(known["fact"].encode()).kind == "bid.sealed"
    frontier = Frontier()
    for number, root in enumerate(known["roots_of_one_byte_entries"]):
        frontier = frontier.append(leaf_hash(bytes([number])))
        assert frontier.root().hex() == root


def test_checkpoint() -> None:
    known = vector("checkpoint/checkpoint")
    signer = Signer(known["origin"], bytes.fromhex(known["log_seed"]))
    state = Checkpoint(known["origin"], known["size"], bytes.fromhex(known["root"]))
    assert sign_checkpoint(state, signer) == known["note"]
    assert vkey(signer.name, signer.public) == known["vkey"]
    for note in (known["note"], known["cosigned"]):
        assert read_checkpoint(note, known["vkey"]) == state
    assert check_cosignature(known["cosigned"], known["witness_vkey"]) == known["cosigned_at"]
    proof, leaf = read_proof(known["proof"]), bytes.fromhex(vector("audit-log/audit-log")["leaf"])
    verify_inclusion(leaf_hash(leaf), proof.index, state.size, proof.hashes, state.root)


def test_timestamp() -> None:
    known = vector("timestamp/timestamp")
    at = check_token(unb64(known["token"]), bytes.fromhex(known["digest"]), unb64(known["certificate"]))
    assert write_time(at) == known["at"]


def test_receipt() -> None:
    known = vector("receipt/receipt")
    facts = check_receipt(
        known["receipt"],
        log_vkey=known["pinned"]["log_vkey"],
        platform_public=bytes.fromhex(known["pinned"]["platform_public"]),
        tsa_certificate=unb64(known["pinned"]["tsa_certificate"]),
    )
    assert (facts.bid_id, facts.log_index) == ("bid-1", 5)


def test_statement() -> None:
    known = vector("statement/statement")
    signer = Signer("any", bytes.fromhex(known["seed"]))
    body = check_statement(known["statement"], "share.released", bytes.fromhex(known["public"]))
    assert sign_statement(signer, "share.released", body) == known["statement"]


def test_the_generator_writes_files(tmp_path: Path) -> None:
    crypto_vectors.main(tmp_path)
    ours = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.json")}
    assert all((FOLDER / path).is_file() for path in ours)


def test_national_heads() -> None:
    known = vector("national-head/national-head")
    head = read_national(known["note"], known["vkey"])
    assert known["vkey"] == national_vkey("mingtang.example/log", bytes.fromhex(known["private"]))
    assert [head.size, head.root.hex()] == [5, known["roots_of_one_byte_entries"][-1]]
    assert head.sha256_root.hex() == known["sha256_root"]
    proof = [bytes.fromhex(step) for step in known["proof_of_entry_3"]]
    verify_inclusion(sm3_leaf(b"\x03"), 3, 5, proof, head.root, sm3_node)
    again = crypto_vectors.national_head_vector()
    assert {**again, "note": ""} == {**known, "note": ""}
