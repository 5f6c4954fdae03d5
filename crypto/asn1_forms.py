"""The little of DER (X.690) that RFC 3161 needs: write values, read them strictly.

Hides the encoding from `timestamps`; the only place that knows tags. Lengths are definite and shortest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kernel.errors import BadInput

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, GENERALIZED_TIME, SEQUENCE, SET = 0x0C, 0x18, 0x30, 0x31


def context(number: int, *, constructed: bool = True) -> int:
    """The context-specific tag of that number."""
    return (0xA0 if constructed else 0x80) | number


def der(tag: int, *contents: bytes) -> bytes:
    """One value: tag, length, contents one after the other."""
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return der(OID, *(_base128(arc) for arc in (40 * first + second, *rest)))


def set_of(*values: bytes) -> bytes:
    """A SET OF, in DER order."""
    return der(SET, *sorted(values))


def generalized_time(at: datetime) -> bytes:
    """A GeneralizedTime in UTC with as many decimals as needed and no trailing zeros (DER)."""
    moment = at.astimezone(UTC)
    fraction = f".{moment.microsecond:06d}".rstrip("0").rstrip(".")
    return der(GENERALIZED_TIME, (moment.strftime("%Y%m%d%H%M%S") + fraction + "Z").encode("ascii"))


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))


def read_values(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each value in order as tag, contents, and the whole encoding.

    Raises:
        BadInput: cut off, or a length that is not the shortest.
    """
    while data:
        head, length = _read_length(data)
        end = head + length
        if len(data) < end:
            raise BadInput(where="DER", why="a value is cut off")
        yield data[0], data[head:end], data[:end]
        data = data[end:]


def read_one(data: bytes, tag: int) -> bytes:
    """The contents of data that must be exactly one value of this tag."""
    values = list(read_values(data))
    if len(values) != 1 or values[0][0] != tag:
        raise BadInput(where="DER", why="another value was expected")
    return values[0][1]


def read_integer(contents: bytes) -> int:
    """The value of a non-negative INTEGER's contents."""
    if (
        not contents
        or contents[0] & 0x80
        or (len(contents) > 1 and contents[0] == 0 and not contents[1] & 0x80)
    ):
        raise BadInput(where="DER", why="an integer is negative or not in its shortest form")
    return int.from_bytes(contents, "big")


def read_generalized_time(contents: bytes) -> datetime:
    """The moment of a GeneralizedTime's contents, fractions cut to microseconds; only the DER form is read."""
    try:
        whole, _, fraction = contents.decode("ascii").removesuffix("Z").partition(".")
        at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        micros = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    except ValueError:
        raise BadInput(where="DER", why="a time is malformed") from None
    printed = whole + (f".{fraction.rstrip('0')}" if fraction else "") + "Z"
    if printed.encode("ascii") != contents or len(whole) != 14 or not (fraction or "0").isdigit():
        raise BadInput(where="DER", why="a time is not in DER form")
    return at + timedelta(microseconds=micros)


def _read_length(data: bytes) -> tuple[int, int]:
    """Bytes of tag and length together, and the length they name."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise BadInput(where="DER", why="a value is cut off or has a tag that RFC 3161 does not use")
    if data[1] < 0x80:
        return 2, data[1]
    count = data[1] & 0x7F
    length = int.from_bytes(data[2 : 2 + count], "big")
    if not 1 <= count <= 4 or len(data) < 2 + count or length < 0x80 or not data[2]:
        raise BadInput(where="DER", why="a length is not in its shortest form")
    return 2 + count, length
