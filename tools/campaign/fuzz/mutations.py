"""New inputs from old ones: bits, lengths, pieces, words of the formats, and the structure of JSON."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 64 * 1024  # bytes of an input
WORDS = (
    *(b"mingtang-envelope/v1\n", b"mingtang-archive/v1\n", b"c2sp.org/tlog-proof@v1\n", "— ".encode()),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x30\x82", b"\x30\x80", b"\xa0\x84\xff\xff\xff\xff"),
    *(b"../", b"/etc/passwd", b"\\..\\", b"CON", b"bid.json", b"\x00", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"9" * 5000, b"[" * 2000, b'{"a":' * 500, b"-1", b"1e999", b"NaN", b"-0", b"0.1", b'"__proto__"'),
    *(b"\r\n\r\n", b"\n\n", b"=" * 8, "²".encode(), "一".encode(), "\u202e".encode(), b"&#0;", b"%00"),
    *(b"<!DOCTYPE a>", b"<row r='x'>", b'r="A99999999"', b"20261121013000.999999999Z", b"99991231235959Z"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**400, "", "0", "-1", "1e9", "²", "\x00"),
    *("\ud800", "a" * 5000, [], {}, [[]], [None], {"": None}, "9" * 5000, "2026-02-30", "NaN", "../a"),
    *("9999-12-31T23:59:59.999999Z", "0000-01-01", "/", "1/0", "1_000", "٣", " 1"),
)
LENGTHS = (0, 1, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

Step = Callable[[Random, bytearray], None]


def mutated(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One new input; `others` are inputs of the same parser, to splice with."""
    if chance.random() < 0.5 and (changed := _mutated_json(chance, data)) is not None:
        return changed[:LARGEST]
    made = bytearray(data)
    if others and chance.random() < 0.15:
        _splice(chance, made, chance.choice(others))
    for _ in range(1 + int(chance.expovariate(0.7))):
        chance.choice(STEPS)(chance, made)
    return bytes(made[:LARGEST])


def _at(chance: Random, data: bytearray) -> int:
    return chance.randrange(len(data) + 1)


def _flip(chance: Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _set(chance: Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice((0, 1, 10, 32, 44, 127, 128, 255, 34, 48, 57))


def _length(chance: Random, data: bytearray) -> None:
    width = chance.choice((1, 2, 4, 8))
    at, value = _at(chance, data), chance.choice(LENGTHS) & ((1 << 8 * width) - 1)
    data[at : at + width] = value.to_bytes(width, chance.choice(("big", "little")))


def _cut(chance: Random, data: bytearray) -> None:
    del data[_at(chance, data) :]


def _drop(chance: Random, data: bytearray) -> None:
    at = _at(chance, data)
    del data[at : at + 1 + int(chance.expovariate(0.1))]


def _double(chance: Random, data: bytearray) -> None:
    at = _at(chance, data)
    data[at:at] = data[at : at + 1 + int(chance.expovariate(0.05))] * chance.choice((1, 1, 2, 50))


def _word(chance: Random, data: bytearray) -> None:
    at, word = _at(chance, data), chance.choice(WORDS)
    data[at : at + chance.choice((0, 1, len(word)))] = word


def _number(chance: Random, data: bytearray) -> None:
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if places:
        at = chance.choice(places)
        data[at : at + 1] = chance.choice((b"0", b"9", b"00", b"-1", b"99999999999999999999", b"", b"1.5"))


def _noise(chance: Random, data: bytearray) -> None:
    at = _at(chance, data)
    data[at:at] = chance.randbytes(1 + int(chance.expovariate(0.2)))


STEPS: tuple[Step, ...] = (_flip, _flip, _set, _length, _cut, _drop, _double, _word, _number, _noise)


def _splice(chance: Random, data: bytearray, other: bytes) -> None:
    data[_at(chance, data) :] = other[chance.randrange(len(other) + 1) :]


def _mutated_json(chance: Random, data: bytes) -> bytes | None:
    """The same with one to three values, keys or lists changed; None for what holds no JSON at its end."""
    start = data.find(b"{")
    if start < 0:
        return None
    head, text = data[:start], data[start:]
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = _changed(chance, tree)
    try:
        plain = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, RecursionError):
        return None
    if len(head) >= 4 and int.from_bytes(head[-4:], "big") == len(text):
        head = head[:-4] + len(plain).to_bytes(4, "big")
    return head + plain + (b"\n" if data.endswith(b"\n") else b"")


def _changed(chance: Random, tree: Any) -> Any:
    """A tree with one place changed, found by a walk that ends at each level by chance."""
    if isinstance(tree, dict) and tree and chance.random() < 0.9:
        key = chance.choice(list(tree))
        move = chance.random()
        if move < 0.08:
            return {name: value for name, value in tree.items() if name != key}
        if move < 0.12:
            return tree | {chance.choice(("v", "x", "", key + "x", key.upper())): tree[key]}
        if move < 0.16:
            return tree | {key: tree[chance.choice(list(tree))]}
        return tree | {key: _changed(chance, tree[key])}
    if isinstance(tree, list) and tree and chance.random() < 0.9:
        at, move = chance.randrange(len(tree)), chance.random()
        if move < 0.08:
            return tree[:at] + tree[at + 1 :]
        if move < 0.2:
            return tree[:at] + tree[at : at + 1] * chance.choice((2, 3, 200)) + tree[at + 1 :]
        return [*tree[:at], _changed(chance, tree[at]), *tree[at + 1 :]]
    if isinstance(tree, str) and tree and chance.random() < 0.6:
        made = bytearray(tree.encode("utf-8", "surrogatepass"))
        chance.choice(STEPS)(chance, made)
        return bytes(made[:6000]).decode("utf-8", "replace")
    if isinstance(tree, int) and chance.random() < 0.5:
        return tree + chance.choice((-1, 1, 256, -(10**6), 10**18))
    return chance.choice(VALUES)
