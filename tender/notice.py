"""What a notice must say before it may be published, and its frozen form that everyone hashes alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from crypto.canonical import JsonValue, b64, canonical
from crypto.signatures import fingerprint
from kernel.clock import write_time
from kernel.errors import IncompleteNotice, NotFound
from tender.envelopes import EnvelopeTerm, write_envelopes
from tender.timetable import Periods, Timetable, is_short, write_timetable


@dataclass(frozen=True)
class Opener:
    """One opener of a tender and the public keys they registered; `rehearsed` once they opened a test envelope."""

    position: int
    person_id: str
    name: str
    organisation: str
    hpke_public: bytes | None = None
    sign_public: bytes | None = None
    rehearsed: bool = False


@dataclass(frozen=True)
class Document:
    """A file that belongs to the notice; `digest` is its parts digest in hex."""

    document_id: str
    name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True)
class Draft:
    """Everything a tender says, as it stands before publication."""

    tender_id: str
    reference: str
    title: dict[str, str]
    summary: dict[str, str]
    tenderer: dict[str, str]
    lots: tuple[dict[str, JsonValue], ...]
    timetable: Timetable | None
    periods: Periods
    shortening_reason: str
    suite: str
    threshold: int
    openers: tuple[Opener, ...]
    rulebook: dict[str, JsonValue] | None
    rulebook_digest: str | None
    currency: str
    price_places: int
    documents: tuple[Document, ...]
    bid_limit_bytes: int
    award_rule: dict[str, JsonValue] | None = None
    envelopes: tuple[EnvelopeTerm, ...] = ()
    outage_rule: dict[str, int] | None = None
    timestamps: dict[str, JsonValue] | None = None
    opening_rule: dict[str, JsonValue] | None = None
    signing: dict[str, JsonValue] | None = None


def missing(draft: Draft, now: datetime) -> list[str]:
    """Everything mandatory that the draft lacks, complete and in a fixed order; empty when it may be published."""
    found = [f"title.{language}" for language in ("zh", "en") if not draft.title.get(language, "").strip()]
    checks: tuple[tuple[str, bool], ...] = (
        ("reference", bool(draft.reference.strip())),
        ("summary", any(text.strip() for text in draft.summary.values())),
        ("lots", bool(draft.lots)),
        ("timetable", draft.timetable is not None),
        ("rulebook", draft.rulebook is not None),
        ("documents", bool(draft.documents)),
        ("openers", len(draft.openers) >= 2),
        ("openers.threshold", 2 <= draft.threshold <= max(2, len(draft.openers))),
        ("award_rule.bundles (they name lots that do not exist)", _bundles_exist(draft)),
        ("award_rule.objective (points need the same full mark in every lot)", _has_one_full_mark(draft)),
    )
    found += [name for name, holds in checks if not holds]
    for opener in draft.openers:
        if opener.hpke_public is None:
            found.append(f"openers.{opener.position}.key")
        elif not opener.rehearsed:
            found.append(f"openers.{opener.position}.rehearsal")
    if draft.timetable is not None:
        if draft.timetable.closes_at <= now:
            found.append("timetable.closes_at (it has passed)")
        elif is_short(now, draft.timetable.closes_at, draft.periods) and not draft.shortening_reason.strip():
            found.append("shortening_reason")
    return found


def check_complete(draft: Draft, now: datetime) -> None:
    """Raise IncompleteNotice with the complete list of what is missing."""
    lacking = missing(draft, now)
    if lacking:
        raise IncompleteNotice(missing=", ".join(lacking))


def notice_body(
    draft: Draft, version: int, published_at: datetime, changes: str = ""
) -> dict[str, JsonValue]:
    """The frozen notice (docs/formats/notice.md); `draft` must be complete."""
    assert draft.timetable is not None
    # A tender whose lots stand alone says nothing of an award rule: its notice has the bytes of older ones.
    award: dict[str, JsonValue] = {} if draft.award_rule is None else {"award_rule": dict(draft.award_rule)}
    more: dict[str, JsonValue] = {"envelopes": write_envelopes(draft.envelopes)} if draft.envelopes else {}
    if draft.timestamps is not None:
        more["timestamps"] = dict(draft.timestamps)
    more |= draft.opening_rule or {}
    if draft.signing is not None:
        more["signing"] = dict(draft.signing)
    outages: dict[str, JsonValue] = (
        {} if draft.outage_rule is None else {"outage_rule": dict(draft.outage_rule)}
    )
    return {
        "v": 1,
        "tender": draft.tender_id,
        "version": version,
        "reference": draft.reference,
        "title": dict(draft.title),
        "summary": dict(draft.summary),
        "tenderer": dict(draft.tenderer),
        "lots": [dict(lot) for lot in draft.lots],
        "timetable": dict(write_timetable(draft.timetable)),
        "periods": {
            "bidding_days": draft.periods.bidding_days,
            "amendment_days": draft.periods.amendment_days,
            "minimum_bids": draft.periods.minimum_bids,
        },
        "shortening_reason": draft.shortening_reason,
        "currency": draft.currency,
        "price_places": draft.price_places,
        "rulebook": draft.rulebook,
        "rulebook_digest": draft.rulebook_digest,
        "sealing": {
            "suite": draft.suite,
            "k": draft.threshold,
            "openers": [_opener_body(opener) for opener in draft.openers],
            "limit_bytes": str(draft.bid_limit_bytes),
            **more,
        },
        "documents": [
            {"id": d.document_id, "name": d.name, "digest": d.digest, "size": str(d.size)}
            for d in draft.documents
        ],
        "published_at": write_time(published_at),
        "changes": changes,
        **award,
        **outages,
    }


def _bundles_exist(draft: Draft) -> bool:
    bundles = (draft.award_rule or {}).get("bundles") or []
    numbers = {lot["number"] for lot in draft.lots}
    return isinstance(bundles, list) and all(
        isinstance(bundle, list) and numbers.issuperset(bundle) for bundle in bundles
    )


def _has_one_full_mark(draft: Draft) -> bool:
    """Whether points that a bid lacks weigh alike in every lot, where the award weighs points at all."""
    if (draft.award_rule or {}).get("objective") != "points":
        return True
    books = [lot.get("rulebook") or draft.rulebook for lot in draft.lots]
    return len({str(book.get("total_maximum")) for book in books if isinstance(book, Mapping)}) <= 1


def lot_entry(
    *,
    id: str,
    number: int,
    title: Mapping[str, JsonValue],
    rulebook: dict[str, JsonValue] | None,
    rulebook_digest: str | None,
) -> dict[str, JsonValue]:
    """A lot as the notice lists it; one without a rulebook of its own has the bytes of older notices."""
    own: dict[str, JsonValue] = {"rulebook": rulebook, "rulebook_digest": rulebook_digest} if rulebook else {}
    return {"id": id, "number": number, "title": dict(title), **own}


def lot_rulebook(notice_body: Mapping[str, Any], lot_id: str) -> Mapping[str, Any]:
    """The rulebook that a published notice gives a lot: its own, or the tender's.

    Raises:
        NotFound: the notice has no such lot.
    """
    for lot in notice_body["lots"]:
        if lot["id"] == lot_id:
            found: Mapping[str, Any] = lot["rulebook"] if "rulebook" in lot else notice_body["rulebook"]
            return found
    raise NotFound(what="lot", id=lot_id)


def _opener_body(opener: Opener) -> dict[str, JsonValue]:
    assert opener.hpke_public is not None
    assert opener.sign_public is not None
    return {
        "position": opener.position,
        "name": opener.name,
        "organisation": opener.organisation,
        "hpke": b64(opener.hpke_public),
        "ed25519": b64(opener.sign_public),
        "fingerprint": fingerprint(opener.hpke_public),
    }


def notice_digest(body: dict[str, JsonValue]) -> str:
    """SHA-256 of the canonical notice, in hex."""
    return sha256(canonical(body)).hexdigest()
