"""Which names a file in a bid may have: relative, the same on every system, harmless when unpacked anywhere.

Format: docs/formats/sealed-envelope.md, section "Names".
"""

import re
import unicodedata
from collections.abc import Sequence

from kernel.errors import BadInput

MAX_SEGMENT_BYTES = 255
MAX_NAME_BYTES = 1024
RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.ASCII)
FORBIDDEN_CHARS = frozenset('\\:*?"<>|')


def check_names(names: Sequence[str]) -> None:
    """Check the names of an archive's files: relative, harmless on every system, and different from each other.

    Raises:
        BadInput: with the reason; the name itself is not repeated.
    """
    seen: set[str] = set()
    folders: set[str] = set()
    for name in names:
        _check_name(name)
        folded = unicodedata.normalize("NFC", name.casefold())
        parents = {folded[:at] for at, char in enumerate(folded) if char == "/"}
        if folded in seen | folders or parents & seen:
            raise BadInput(
                where="file name", why="two names are the same, or differ only in upper and lower case"
            )
        seen.add(folded)
        folders |= parents


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise BadInput(where="file name", why="a name must be text and may not be empty")
    if any(_is_unsafe(char) for char in set(name)) or unicodedata.normalize("NFC", name) != name:
        raise BadInput(
            where="file name", why='control characters, \\ : * ? " < > | and decomposed letters are refused'
        )
    if len(name.encode("utf-8")) > MAX_NAME_BYTES:
        raise BadInput(where="file name", why=f"a name may have {MAX_NAME_BYTES} bytes at most")
    for segment in name.split("/"):
        _check_segment(segment)


def _is_unsafe(char: str) -> bool:
    """Control, format, surrogate and private-use characters, line separators and what file systems reserve."""
    return char in FORBIDDEN_CHARS or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _check_segment(segment: str) -> None:
    if segment in {"", ".", ".."} or segment[-1] in " ." or segment[0] == " ":
        raise BadInput(
            where="file name", why="absolute names, empty parts, . and .. and edges of blanks are refused"
        )
    if len(segment.encode("utf-8")) > MAX_SEGMENT_BYTES:
        raise BadInput(where="file name", why=f"a part of a name may have {MAX_SEGMENT_BYTES} bytes at most")
    if RESERVED_NAMES.fullmatch(segment.lower()):
        raise BadInput(
            where="file name", why="names that some systems reserve, such as con or nul, are refused"
        )
