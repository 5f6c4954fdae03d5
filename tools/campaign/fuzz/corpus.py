"""Inputs on disk: tests/vectors/fuzz has one folder a parser; what is found goes to var/fuzz."""

from hashlib import sha256
from pathlib import Path

from tools.campaign.fuzz.certificates import CERTIFICATES
from tools.campaign.fuzz.documents import DOCUMENTS
from tools.campaign.fuzz.judge import Target
from tools.campaign.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "tests/vectors/fuzz"
FOUND = ROOT / "var/fuzz"
EVERY: dict[str, Target] = {**TARGETS, **CERTIFICATES, **DOCUMENTS}


def kept(name: str) -> list[bytes]:
    """What one parser starts from."""
    return [path.read_bytes() for path in sorted((KEPT / name).iterdir())]


def keep_finding(name: str, data: bytes) -> Path:
    """Write down an input that broke the law."""
    folder = FOUND / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path
