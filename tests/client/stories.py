"""A whole tender as its verifier meets it: capsules, pinned keys, sealed bids, and what the platform may re-sign."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from client.claims import FAIL, NOT_PROVEN, PASS, Evidence
from client.verify import CLAIMS, examine
from crypto.canonical import canonical, read_canonical
from evaluation.capsule import FULL, PUBLIC, pack, unpack
from tender import queries
from tests.capsules import Made
from tools.campaign.tamper_capsule import first_verdicts
from tools.second_verifier import SecondVerifier

OPENED = "the bids were opened by the named openers"
ANNOUNCED = "the announced prices are the sealed ones"
CONTENTS = "the whole contents are the sealed ones"
SHEETS = "votes and sheets are as signed"
RANKING = "the ranking is the rulebook's result"
PANEL = "the panel is the draw's result"
STAMPED = "the log is stamped for the archive"
NATIONAL = "the national head holds every fact"
OPEN_QUESTIONS = {"the award follows the ranking", "independent witnesses saw the log", STAMPED, NATIONAL}
"""What no capsule proves before the award, without witnesses, stamps and a national head."""

ChangeOfParts = Callable[[dict[str, bytes]], object]


class Story:
    """One evaluated tender with its capsules and sealed bids."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.made, self.platform, self.tender = made, made.platform, made.tender
        self.folder = folder
        self.public, self.full = made.capsule(PUBLIC), made.capsule(FULL)
        self.pinned: dict[str, str] = unpack(self.public).json("keys.json")

    @cached_property
    def envelopes(self) -> dict[str, str]:
        """Paths of the sealed bids, by bid."""
        with self.platform.database.reading() as session:
            bids = queries.sealed_bids(session, self.tender.tender_id)
        found = {}
        for bid in bids:
            path = self.folder / f"{bid.id}.sealed"
            with self.platform.adapters.objects.open(bid.digest) as stored:
                path.write_bytes(stored.read())
            found[bid.id] = str(path)
        return found

    def verdicts(self, data: bytes, envelopes: Mapping[str, str] | None = None) -> dict[str, str]:
        """The result of each claim, with the detail of failures."""
        found = examine(Evidence(unpack(data), self.pinned, envelopes or {}))
        return {v.claim: v.result if v.result != FAIL else f"{FAIL}: {v.detail}" for v in found}

    def both(self, second: SecondVerifier, data: bytes) -> tuple[dict[str, str], dict[str, str]]:
        """The results of both verifiers."""
        path = self.folder / "capsule.zip"
        path.write_bytes(data)
        return first_verdicts(data, self.pinned), second.verdicts(path, self.pinned)

    def resigned(self, change: ChangeOfParts, scope: str = PUBLIC) -> bytes:
        """A capsule after a change by the platform itself, which signs the contents again."""
        parts = dict(unpack(self.public if scope == PUBLIC else self.full).parts)
        change(parts)
        signer = self.platform.adapters.keys.receipts
        return pack(parts, tender_id=self.tender.tender_id, reference="T-1", scope=scope, signer=signer)


def due(open_claims: Iterable[str] = OPEN_QUESTIONS) -> dict[str, str]:
    """The verdicts on an honest capsule that leaves these claims open."""
    return {claim: NOT_PROVEN if claim in open_claims else PASS for claim, _ in CLAIMS}


def edit(name: str, change: Callable[[Any], object]) -> ChangeOfParts:
    """Change, in place, the first JSON part whose name begins so."""

    def apply(parts: dict[str, bytes]) -> None:
        found = next(part for part in sorted(parts) if part.startswith(name))
        body = read_canonical(parts[found])
        change(body)
        parts[found] = canonical(body)

    return apply


def remove(name: str) -> ChangeOfParts:
    """Drop the first part whose name begins so."""
    return lambda parts: parts.pop(next(part for part in sorted(parts) if part.startswith(name)))
