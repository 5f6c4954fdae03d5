"""What is asked of the browser's sealing library, each request under a name: vectors, refusals, sealings, keys."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from client.seal import bid_json
from crypto import envelope as env
from crypto.archive import MAGIC as ARCHIVE_MAGIC
from crypto.archive import bytes_file, open_archive
from crypto.canonical import b64, canonical, unb64
from evaluation.rulebook import read_rulebook, write_rulebook
from tender.envelopes import ONE_ENVELOPE
from tests.crypto.browser_keys import KEYS, key_makings
from tests.crypto.parties import BIDDER, SEED, Parties

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors"
PRICE = {"amount": "1250000.50", "currency": "CNY"}
KIB, MIB = 1024, 1 << 20
ENVELOPES = {
    name: json.loads((VECTORS / f"sealed-envelope/{name}.json").read_text())
    for name in ("classic", "hybrid", "archive", "bidder-also")
}
CERTIFICATES = {
    name: json.loads((VECTORS / f"signing-certificate/{name}.json").read_text())
    for name in ("rsa", "ecdsa", "sm2")
}
CANONICAL = json.loads((VECTORS / "canonical/canonical.json").read_text())
ZEROS = json.loads((VECTORS / "parts-digest/zeros.json").read_text())["zeros"]
STATEMENT = json.loads((VECTORS / "statement/statement.json").read_text())
RULEBOOKS = sorted((ROOT / "web/rulebooks").glob("*.json"))
ANSWERS: list[Any] = [
    True,
    False,
    "",
    "1",
    "-0.5",
    "1e3",
    "01",
    7,
    2**53,
    0.5,
    None,
    [],
    "fast",
    "12",
    "1.1234567890",
    "1\n",
]


def notice(suite: str = "classic", limit: int = 4 * MIB) -> dict[str, Any]:
    parties = Parties(suite)
    openers = [
        {"hpke": b64(public), "fingerprint": key}
        for public, key in zip(parties.publics(), parties.header().opener_keys, strict=True)
    ]
    return {
        "v": 1,
        "tender": "tender-1",
        "lots": [{"id": "lot-1", "number": 1}],
        "currency": "CNY",
        "price_places": 2,
        "rulebook": {"v": 2},
        "sealing": {"suite": suite, "k": 3, "openers": openers, "limit_bytes": str(limit)},
    }


def patterned(size: int) -> bytes:
    return (sha256(str(size).encode()).digest() * (size // 32 + 1))[:size]


def files_around() -> dict[str, list[tuple[str, bytes]]]:
    """Bids whose archive ends just before, at and just after a chunk, a part, a size class."""
    made = {"names": [("技术标/施工方案（终稿）.pdf", patterned(40_000)), ("资格/空.txt", b""), ("a", b"\0")]}
    for target in (16 * KIB, 128 * KIB, MIB):
        for delta in (-1, 0, 1):
            made[f"{target}{delta:+}"] = [("附件.bin", patterned(size_for(target + delta)))]
    return made


def announced() -> bytes:
    return bid_json(notice(), "lot-1", BIDDER.name, PRICE, {}, ONE_ENVELOPE[0])


def size_for(whole: int) -> int:
    """How large a file makes the archive's content that many bytes before it is padded."""
    items = [{"name": name, "size": 1_000_000, "sha256": "0" * 64} for name in ("bid.json", "附件.bin")]
    items[0]["size"] = len(announced())
    left = whole - len(ARCHIVE_MAGIC) - 4 - len(announced())
    for digits in range(1, 8):
        items[1]["size"] = 10 ** (digits - 1)
        size = left - len(canonical({"v": 1, "files": items}))
        if len(str(size)) == digits:
            return size
    raise AssertionError(whole)


AROUND = files_around()
REFUSED_NAMES = [
    "", ".", "..", "a/../b", "/a", "a//b", "a/", " a", "a ", "a.", "a\\b", "c:d", "con", "NUL.txt", "lpt1", "a\nb",
    "e\u0301.txt", "\u202eexe", "\ue000", "a\u2028b", "x" * 256, "汉" * 86, "/".join(["y" * 200] * 6), "com9.",
]  # fmt: skip
CLASHES = [
    ["a", "A"],
    ["straße", "STRASSE"],
    ["a", "a/b"],
    ["A/b", "a"],
    ["Σας", "σΑΣ"],
    ["é", "É"],
    ["ﬁ", "FI"],
]
FINE_NAMES = [
    ["a", "b"],
    ["ı", "i"],
    ["技术/a", "技术/b"],
    ["con1", "a.con"],
    ["Ꭰ", "Ꭱ"],
    ["汉" * 85, "a-a", "a/b"],
]
PRICES = [
    "1",
    "1.5",
    "1250000.00",
    "0",
    "0.00",
    "00",
    "01",
    "1.005",
    "1,000",
    " 1",
    "-1",
    "1e3",
    ".5",
    "1.",
    "9" * 18,
    "9999999999999999.99",
    "99999999999999999",
    "1\n",
]
SHAPES = [b"", b"short", env.MAGIC, env.MAGIC + b"\0\0\0\1{", env.MAGIC + b"\xff\xff\xff\xff"]


def broken_prefixes() -> dict[str, bytes]:
    good = unb64(ENVELOPES["classic"]["envelope"])
    length = env.read_prefix(good).length
    body = json.loads(good[25:length])
    changed = {f"shape {number}": data for number, data in enumerate(SHAPES)}
    changes: list[tuple[str, Any]] = [
        ("k", 0), ("k", 4), ("n", 2), ("v", 2), ("kind", ""), ("kind", "a/b"), ("suite", "sm"), ("lot", "x" * 65),
        ("suite", "sm2"), ("lot", 5), ("bidder_key", "AA"), ("opener_keys", ["0" * 64] * 3), ("extra", 1), ("k", True),
        ("bidder_also", True), ("bidder_also", False), ("bidder_also", 1),
    ]  # fmt: skip
    for name, value in changes:
        header = body["header"] | {name: value}
        changed[f"header {name} {value!r:.20}"] = framed(canonical(body | {"header": header}))
    size = {"size": 71, "digest": body["payload"]["digest"]}
    parts: list[tuple[str, Any]] = [
        ("shares", body["shares"][:2]),
        ("signature", "AA"),
        ("payload", size),
        ("extra", 1),
        ("part_commitment", body["key_commitment"]),
    ]
    for name, value in [*parts, ("payload", body["payload"] | {"x": 1})]:
        changed[f"{name} {value!r:.20}"] = framed(canonical(body | {name: value}))
    changed["blanks"] = framed(json.dumps(body).encode())
    changed["cut off"] = good[: length - 1]
    return changed


def framed(body: bytes) -> bytes:
    return env.MAGIC + len(body).to_bytes(4, "big") + body


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that is asked of the browser's library, each under a name."""
    for number, item in enumerate(CANONICAL["written"]):
        yield f"written {number}", {"act": "canonical", "value": item["value"]}
    for text in CANONICAL["refused"]:
        yield f"refused {text}", {"act": "read_canonical", "text": text}
    for item in CANONICAL["base64url"]:
        yield f"b64 {item['hex']}", {"act": "b64", "bytes": item["hex"]}
        yield f"unb64 {item['text']}", {"act": "unb64", "text": item["text"]}
    for text in CANONICAL["base64url_refused"]:
        yield f"unb64 {text}", {"act": "unb64", "text": text}
    yield "H", {"act": "tagged_hash", **CANONICAL["tagged_hash"]}
    yield "X", {"act": "expand", **CANONICAL["expand"]}
    for item in ZEROS:
        yield f"parts {item['size']}", {"act": "parts_digest", "size": item["size"]}
    for name, known in ENVELOPES.items():
        yield f"deal {name}", {"act": "deal", "seed": known["seed"], "ctx": known["ctx"], "k": 2, "n": 3}
        for number, key in enumerate(known["opener_privates"]):
            yield (
                f"public {name} {number}",
                {"act": "public_of", "name": known["header"]["suite"], "key": key},
            )
        for chosen in ([1], [1, 2], [3, 1]):
            yield (
                f"open {name} {chosen}",
                {
                    "act": "open",
                    "envelope": known["envelope"],
                    "keys": known["opener_privates"],
                    "with": chosen,
                    "part": known.get("own_part"),
                },
            )
    also = ENVELOPES["bidder-also"]
    for name, part in (("missing", None), ("another", "07" * 32)):
        yield (
            f"own part {name}",
            {"act": "open", "envelope": also["envelope"], "keys": also["opener_privates"], "with": [1, 2]}
            | {"part": part},
        )
    yield (
        "open with another key",
        {"act": "open", "envelope": ENVELOPES["classic"]["envelope"], "keys": ["09" * 32], "with": [1]},
    )
    for name, data in broken_prefixes().items():
        yield f"prefix {name}", {"act": "prefix", "bytes": b64(data)}
    for name, known in CERTIFICATES.items():
        yield f"certificate {name}", {"act": "prefix", "bytes": known["prefix"]}
    for name, known in KEYS.items():
        act = "open_bidder" if name == "bidder" else "open_opener"
        yield f"key {name}", {"act": act, "file": known["file"], "passphrase": known["passphrase"]}
        yield f"wrong key {name}", {"act": act, "file": known["file"], "passphrase": "another"}
        yield (
            f"other type {name}",
            {
                "act": "open_opener" if act == "open_bidder" else "open_bidder",
                "file": known["file"],
                "passphrase": known["passphrase"],
            },
        )
    yield (
        "statement",
        {
            "act": "statement",
            "seed": STATEMENT["seed"],
            "type": STATEMENT["statement"]["type"],
            "body": STATEMENT["statement"]["body"],
        },
    )
    yield "sizes", {"act": "sizes", "sizes": SIZES}
    for name in REFUSED_NAMES:
        yield f"name {name!r}", {"act": "names", "names": [name]}
    for names in (*CLASHES, *FINE_NAMES):
        yield f"names {names}", {"act": "names", "names": names}
    for price in PRICES:
        yield f"price {price!r}", {"act": "price", "text": price, "notice": notice()}
    for book in RULEBOOKS:
        yield f"fields {book.stem}", {"act": "answer_fields", "rulebook": written_book(book)}
    yield "remarks", {"act": "answer_remarks", "fields": FIELDS, "given": {}}
    for number, value in enumerate(ANSWERS):
        given = {field["id"]: value for field in FIELDS}
        yield f"remarks {number}", {"act": "answer_remarks", "fields": FIELDS, "given": given}
    yield from sealings()
    yield from key_makings()


SIZES = [
    0,
    1,
    *(2**power + delta for power in range(10, 45, 3) for delta in (-1, 0, 1)),
    *(16384 * n for n in (2, 3, 64, 65)),
    2**31 + 12_345,
]
FIELDS: list[dict[str, Any]] = [
    {"id": "local", "kind": "flag", "required": False, "choices": []},
    {"id": "months", "kind": "number", "required": True, "choices": []},
    {"id": "delivery", "kind": "choice", "required": False, "choices": ["fast", "12"]},
]


def written_book(path: Path) -> Any:
    """A rulebook as notices carry it."""
    return write_rulebook(read_rulebook(json.loads(path.read_text())))


def sealings() -> Iterator[tuple[str, dict[str, Any]]]:
    base = {
        "act": "seal",
        "notice": notice(),
        "bidder": BIDDER.name,
        "seed": BIDDER.seed.hex(),
        "lot": "lot-1",
    }
    base |= {"price": "1250000.5", "answers": {}}

    def given(files: list[tuple[str, bytes]]) -> list[dict[str, str]]:
        return [{"name": name, "bytes": b64(data)} for name, data in files]

    for name, files in AROUND.items():
        suite = "hybrid" if name in ("names", f"{MIB}+0") else "classic"
        yield f"seal {name}", base | {"notice": notice(suite), "files": given(files)}
        yield (
            f"archive size {name}",
            {"act": "archive_size", "files": given([("bid.json", announced()), *files])},
        )
        sealed = by_python(suite, files)
        yield f"open python {name}", {"act": "open_files", "envelope": b64(sealed), "seed": SEED.hex()}
    also = notice()
    also["sealing"]["bidder_also"] = {"minutes": 30}
    yield "seal also", base | {"notice": also, "files": given([("a", b"1")])}
    yield "seal nothing", base | {"files": []}
    yield "seal sealed", base | {"files": given([("a.txt", env.MAGIC + b"more")])}
    yield "seal bid.json", base | {"files": given([("bid.json", b"{}")])}
    yield "seal file and folder", base | {"files": given([("a", b""), ("a/b", b"")])}
    yield "seal bad name", base | {"files": given([("a:b", b"")])}
    yield "seal no price", base | {"price": "", "files": given([("a", b"")])}
    longer = len(str(uuid4())) - len(Parties().header().submission_id)
    size = len(by_python("classic", [("a", b"1")])) + longer
    for delta in (-1, 0, 1):
        yield (
            f"seal limit {delta:+}",
            base | {"notice": notice(limit=size + delta), "files": given([("a", b"1")])},
        )
    required = {"v": 2, "price": {"adjustments": [{"kind": "stated", "answer": "cost", "required": True}]}}
    yield (
        "seal without answer",
        base | {"notice": notice() | {"rulebook": required}, "files": given([("a", b"1")])},
    )
    given_in = [{**one, "kind": kind} for kind, files in STAGED_FILES.items() for one in given(files)]
    yield "seal staged", base | {"notice": staged_notice(), "answers": STAGED_ANSWERS, "files": given_in}
    badly = {
        "notice": notice(),
        "bidder": BIDDER.name,
        "seed": BIDDER.seed.hex(),
        "bytes": b64(patterned(MIB)),
    }
    for act in ("seal_changing", "seal_forgetful", "seal_cancelled", "seal_paused"):
        yield act, badly | {"act": act}
    spoilt = bytearray(by_python("classic", [("a", b"1")]))
    spoilt[-1] ^= 1
    yield "open spoilt", {"act": "open_files", "envelope": b64(bytes(spoilt)), "seed": SEED.hex()}


STAGED_ANSWERS = {"contracts": "3", "cost": "5.5"}
STAGED_FILES = {"technical": [("方案.pdf", b"plan"), ("a/b", b"")], "price": [("方案.pdf", b"sums")]}


def staged_notice() -> dict[str, Any]:
    """A notice with two envelopes, and a rulebook that asks for an answer in each."""
    rules = json.loads((ROOT / "web/rulebooks/cn-small-enterprise-goods.json").read_text())
    rules["price"]["adjustments"] = [
        {"id": "cost", "kind": "stated", "answer": "cost", "required": True, "sign": 1},
    ]
    for group in rules["groups"]:
        for criterion in group["criteria"]:
            if criterion.get("value"):
                criterion["value"]["answer"] = "contracts"
    body = notice() | {"rulebook": write_rulebook(read_rulebook(rules))}
    title = {"zh": "标", "en": "Part"}
    terms = [
        {"kind": "technical", "title": title, "opens": "closing", "price": False},
        {"kind": "price", "title": title, "opens": "scores-locked", "price": True},
    ]
    return body | {"sealing": body["sealing"] | {"envelopes": terms}}


def by_python(suite: str, files: list[tuple[str, bytes]]) -> bytes:
    members = [bytes_file("bid.json", announced()), *(bytes_file(name, data) for name, data in files)]
    with open_archive(members) as archive:
        return env.seal_bytes(archive.read(), **Parties(suite).arguments(announced()))
