"""What may be brought as a certificate: a PDF or a picture, told by its first bytes and never by its name."""

from collections.abc import Mapping

from kernel.errors import BadInput

STARTS: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
LIMIT = 5 << 20  # bytes of one file: it is sealed as one piece in a row of the database
MOST = 20  # files of one entry
LONGEST_NAME = 120


def kind_of(content: bytes) -> str:
    """The media type of a file; raises BadInput for what is none of these, or too large."""
    if len(content) > LIMIT:
        raise BadInput(where="file", why=f"at most {LIMIT >> 20} MB are allowed")
    kind = next((kind for start, kind in STARTS.items() if content.startswith(start)), None)
    if kind is None:
        raise BadInput(where="file", why="bring a PDF or a picture (PNG, JPEG)")
    return kind


def file_name(given: str) -> str:
    """The name under which a file is kept: without folders and control characters."""
    name = given.replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in name if one.isprintable())[:LONGEST_NAME] or "certificate"
