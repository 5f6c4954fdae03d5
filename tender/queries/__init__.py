"""Selects over tenders, notices, bids and openings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_
from sqlalchemy import select as select_values
from sqlmodel import Session, col, func, select

from accounts import queries as accounts
from kernel.errors import NotFound
from kernel.money import PriceScale
from storage.columns import table_of
from tender.envelopes import read_envelopes
from tender.lifecycle import Stage
from tender.notice import Document, Draft, Opener, lot_entry
from tender.opening import Closing
from tender.records import (
    BidRecord,
    BidTokenRecord,
    ClosingRecord,
    DocumentRecord,
    LotRecord,
    NoticeRecord,
    OpenedBidRecord,
    OpenerRecord,
    OpeningRecord,
    QuestionRecord,
    ReleaseRecord,
    TenderRecord,
)
from tender.search import matches
from tender.submission import Bidder, SealingTerms, SubmissionWindow, sealing_terms
from tender.timetable import Periods, Timetable

SEALED, REPLACED, WITHDRAWN = "sealed", "replaced", "withdrawn"
TENDERS, NOTICES, BIDS = table_of(TenderRecord), table_of(NoticeRecord), table_of(BidRecord)

# What every submission asks, in statements that are compiled once.
WINDOW = select_values(TENDERS.c.stage, TENDERS.c.closes_at, TENDERS.c.suite, TENDERS.c.threshold).where(
    TENDERS.c.id == bindparam("tender_id")
)
LOCK_WINDOW = WINDOW.with_for_update()
CURRENT_NOTICE = (
    select_values(NOTICES.c.digest, NOTICES.c.version)
    .where(NOTICES.c.tender_id == bindparam("tender_id"))
    .order_by(NOTICES.c.version.desc())
    .limit(1)
)
KIN = select_values(
    BIDS.c.id,
    BIDS.c.digest,
    BIDS.c.submission_id,
    BIDS.c.lot_id,
    BIDS.c.bidder_id,
    BIDS.c.status,
    BIDS.c.receipt,
).where(
    or_(
        BIDS.c.digest == bindparam("digest"),
        BIDS.c.submission_id == bindparam("submission_id"),
        (BIDS.c.lot_id == bindparam("lot_id"))
        & (BIDS.c.bidder_id == bindparam("bidder_id"))
        & (BIDS.c.status == SEALED),
    )
)
NEXT_SEQUENCE = select_values(func.coalesce(func.max(BIDS.c.sequence), 0) + 1).where(
    BIDS.c.tender_id == bindparam("of_tender")
)

KEPT_TERMS = 1000  # of as many notices; each is about a kilobyte
KNOWN_TERMS: dict[str, SealingTerms] = {}


@dataclass(frozen=True)
class Kin:
    """What a new bid needs to know of a bid that it may collide with."""

    id: str
    digest: bytes
    submission_id: str
    lot_id: str
    bidder_id: str
    status: str
    receipt: str


def tender(session: Session, tender_id: str, *, lock: bool = False) -> TenderRecord:
    """One tender, locked against other acts on request; raises NotFound."""
    found = select(TenderRecord).where(TenderRecord.id == tender_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="tender", id=tender_id)
    return record


def timetable(record: TenderRecord) -> Timetable | None:
    """The timetable of a tender, if it has one yet."""
    if record.questions_until is None or record.closes_at is None:
        return None
    return Timetable(record.questions_until, record.closes_at, record.settle_seconds)


def price_scale(record: TenderRecord) -> PriceScale:
    """The currency and scale that all prices of a tender are in."""
    return PriceScale(record.currency, record.price_places)


def tenders(
    session: Session,
    *,
    stages: Sequence[Stage],
    before: datetime | None,
    limit: int,
    tenderer_id: str | None = None,
) -> list[TenderRecord]:
    """A page of tenders, newest first, older than `before`."""
    moment = TenderRecord.created_at
    found = (
        select(TenderRecord)
        .where(col(TenderRecord.stage).in_(stages))
        .order_by(col(moment).desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(moment < before)
    if tenderer_id is not None:
        found = found.where(TenderRecord.tenderer_id == tenderer_id)
    return list(session.exec(found))


def find_tenders(
    session: Session, *, stages: Sequence[Stage], text: str, first: int, limit: int
) -> tuple[list[TenderRecord], int]:
    """Published tenders whose reference or title contains a text, newest first, and how many there are in all."""
    rows = select(TenderRecord.id, TenderRecord.reference, TenderRecord.title).where(
        col(TenderRecord.stage).in_(stages)
    )
    found = [
        id
        for id, reference, title in session.exec(rows.order_by(col(TenderRecord.published_at).desc()))
        if matches(text, [reference, *title.values()])
    ]
    page = found[first : first + limit]
    records = session.exec(select(TenderRecord).where(col(TenderRecord.id).in_(page)))
    return sorted(records, key=lambda record: page.index(record.id)), len(found)


def tenders_of_bidder(session: Session, organisation_id: str) -> list[TenderRecord]:
    """The tenders to which a bidder has submitted, newest first."""
    own = select(BidRecord.tender_id).where(BidRecord.bidder_id == organisation_id)
    found = select(TenderRecord).where(col(TenderRecord.id).in_(own))
    return list(session.exec(found.order_by(col(TenderRecord.published_at).desc())))


def lots(session: Session, tender_id: str) -> list[LotRecord]:
    """The lots of a tender in order."""
    return list(
        session.exec(
            select(LotRecord).where(LotRecord.tender_id == tender_id).order_by(col(LotRecord.number))
        )
    )


def rulebook_of_lot(session: Session, tender_id: str, lot_id: str) -> dict[str, Any] | None:
    """The rulebook that a lot is evaluated by, its own or the tender's; raises NotFound where there is no such lot."""
    lot = session.get(LotRecord, lot_id)
    if lot is None or lot.tender_id != tender_id:
        raise NotFound(what="lot", id=lot_id)
    return lot.rulebook if lot.rulebook is not None else tender(session, tender_id).rulebook


def documents(session: Session, tender_id: str) -> list[DocumentRecord]:
    """The documents of a tender in the order they were added."""
    found = select(DocumentRecord).where(DocumentRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(DocumentRecord.added_at), col(DocumentRecord.id))))


def openers(session: Session, tender_id: str) -> list[OpenerRecord]:
    """The openers of a tender in their order."""
    found = select(OpenerRecord).where(OpenerRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(OpenerRecord.position))))


def opener_of(session: Session, tender_id: str, person_id: str) -> OpenerRecord:
    """The opener that a person is in this tender; raises NotFound."""
    for record in openers(session, tender_id):
        if record.person_id == person_id:
            return record
    raise NotFound(what="opener", id=person_id)


def tenders_of_opener(session: Session, person_id: str) -> list[TenderRecord]:
    """The tenders in which a person is an opener, newest first."""
    found = select(TenderRecord).join(OpenerRecord, col(OpenerRecord.tender_id) == TenderRecord.id)
    found = found.where(OpenerRecord.person_id == person_id).order_by(col(TenderRecord.created_at).desc())
    return list(session.exec(found))


def draft(session: Session, record: TenderRecord, bid_limit_bytes: int) -> Draft:
    """The tender as the notice rules see it."""
    people = openers(session, record.id)
    names = accounts.person_names(session, {p.person_id for p in people})
    firms = {p.person_id: accounts.actor(session, p.person_id).organisation_id for p in people}
    firm_names = accounts.organisation_names(session, {*firms.values(), record.tenderer_id})
    return Draft(
        tender_id=record.id,
        reference=record.reference,
        title=record.title,
        summary=record.summary,
        tenderer={"id": record.tenderer_id, "name": firm_names[record.tenderer_id]},
        lots=tuple(lot_entry(**lot.model_dump(exclude={"tender_id"})) for lot in lots(session, record.id)),
        timetable=timetable(record),
        periods=Periods(**record.periods),
        shortening_reason=record.shortening_reason,
        suite=record.suite,
        threshold=record.threshold,
        openers=tuple(
            Opener(
                p.position,
                p.person_id,
                names[p.person_id],
                firm_names[firms[p.person_id]],
                p.hpke_public,
                p.sign_public,
                p.rehearsed_at is not None,
            )
            for p in people
        ),
        rulebook=record.rulebook,
        rulebook_digest=record.rulebook_digest,
        currency=record.currency,
        price_places=record.price_places,
        documents=tuple(
            Document(d.id, d.name, d.media_type, d.digest.hex(), d.size)
            for d in documents(session, record.id)
        ),
        bid_limit_bytes=bid_limit_bytes,
        award_rule=record.award_rule,
        envelopes=read_envelopes(record.envelopes or []),
        outage_rule=record.outage_rule,
        timestamps=record.timestamps,
        opening_rule=record.opening_rule,
        signing=record.signing,
    )


def notices(session: Session, tender_id: str) -> list[NoticeRecord]:
    """All published versions of a notice, oldest first."""
    found = select(NoticeRecord).where(NoticeRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(NoticeRecord.version))))


def current_notice(session: Session, tender_id: str) -> NoticeRecord:
    """The newest published notice; raises NotFound before publication."""
    found = notices(session, tender_id)
    if not found:
        raise NotFound(what="tender", id=tender_id)
    return found[-1]


def questions(session: Session, tender_id: str) -> list[QuestionRecord]:
    """The questions of a tender in the order they were asked."""
    found = select(QuestionRecord).where(QuestionRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(QuestionRecord.asked_at))))


def question(session: Session, question_id: str) -> QuestionRecord:
    """One question; raises NotFound."""
    record = session.get(QuestionRecord, question_id)
    if record is None:
        raise NotFound(what="question", id=question_id)
    return record


def submission_window(session: Session, tender_id: str, *, lock: bool = False) -> SubmissionWindow:
    """What the tender asks of an envelope; raises NotFound before publication."""
    session.flush()  # what this act has just changed counts
    connection = session.connection()
    row = connection.execute(LOCK_WINDOW if lock else WINDOW, {"tender_id": tender_id}).one_or_none()
    notice = connection.execute(CURRENT_NOTICE, {"tender_id": tender_id}).one_or_none()
    if row is None or notice is None:
        raise NotFound(what="tender", id=tender_id)
    terms = _terms(session, tender_id, notice.version, notice.digest)
    return SubmissionWindow(
        tender_id=tender_id,
        stage=Stage(row.stage),
        closes_at=row.closes_at,
        suite=row.suite,
        threshold=row.threshold,
        lot_ids=terms.lot_ids,
        opener_keys=terms.opener_keys,
        limit_bytes=terms.limit_bytes,
        kinds=terms.kinds,
        stamps=terms.stamps,
        bidder_also=terms.bidder_also,
        signing=terms.signing,
    )


def _terms(session: Session, tender_id: str, version: int, digest: str) -> SealingTerms:
    """What a notice says of sealing, kept under its digest: a published version never changes."""
    terms = KNOWN_TERMS.get(digest)
    if terms is None:
        notice = session.get_one(NoticeRecord, (tender_id, version))
        if len(KNOWN_TERMS) >= KEPT_TERMS:
            KNOWN_TERMS.clear()
        terms = KNOWN_TERMS[digest] = sealing_terms(notice.body)
    return terms


def bidder(session: Session, organisation_id: str) -> Bidder:
    """A bidder with the keys it may sign with."""
    return Bidder(organisation_id, accounts.signing_keys(session, organisation_id))


def bid(session: Session, bid_id: str, *, lock: bool = False) -> BidRecord:
    """One bid; raises NotFound."""
    found = select(BidRecord).where(BidRecord.id == bid_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="bid", id=bid_id)
    return record


def kin(
    session: Session, *, digest: bytes, submission_id: str, lot_id: str, bidder_id: str
) -> tuple[Kin | None, Kin | None, Kin | None]:
    """The bids that a new one may collide with: of its envelope, of its submission id, its bidder's in the lot."""
    session.flush()  # a bid that this act has just ended no longer stands
    asked = {"digest": digest, "submission_id": submission_id, "lot_id": lot_id, "bidder_id": bidder_id}
    found = [Kin(*row) for row in session.connection().execute(KIN, asked)]
    place = (lot_id, bidder_id, SEALED)
    return (
        next((bid for bid in found if bid.digest == digest), None),
        next((bid for bid in found if bid.submission_id == submission_id), None),
        next((bid for bid in found if (bid.lot_id, bid.bidder_id, bid.status) == place), None),
    )


def tokens_of(session: Session, bid_id: str) -> list[BidTokenRecord]:
    """What outside authorities stamped of a bid, or still have to."""
    found = select(BidTokenRecord).where(BidTokenRecord.bid_id == bid_id)
    return list(session.exec(found.order_by(col(BidTokenRecord.authority))))


def bids_of_bidder(session: Session, tender_id: str, organisation_id: str) -> list[BidRecord]:
    """Everything one bidder submitted to a tender, newest first."""
    found = select(BidRecord).where(BidRecord.tender_id == tender_id, BidRecord.bidder_id == organisation_id)
    return list(session.exec(found.order_by(col(BidRecord.sequence).desc())))


def next_sequence(session: Session, tender_id: str) -> int:
    """The number that the tender's next bid gets."""
    session.flush()
    return int(session.connection().execute(NEXT_SEQUENCE, {"of_tender": tender_id}).scalar_one())


def sealed_bids(session: Session, tender_id: str) -> list[BidRecord]:
    """The bids that count, in the order they came in."""
    found = select(BidRecord).where(BidRecord.tender_id == tender_id, BidRecord.status == SEALED)
    return list(session.exec(found.order_by(col(BidRecord.sequence))))


def closing(session: Session, tender_id: str) -> ClosingRecord | None:
    """The recorded closing, if it happened."""
    return session.get(ClosingRecord, tender_id)


def closing_value(record: ClosingRecord) -> Closing:
    """The closing as the openers sign it."""
    return Closing(record.tender_id, record.bids, record.log_size, record.log_root.hex())


def releases(session: Session, tender_id: str) -> list[ReleaseRecord]:
    """The releases of shares so far, by opener."""
    found = select(ReleaseRecord).where(ReleaseRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(ReleaseRecord.position))))


def opened_bids(session: Session, tender_id: str) -> list[tuple[OpenedBidRecord, BidRecord]]:
    """What came out of the envelopes so far, in the order the bids came in."""
    found = select(OpenedBidRecord, BidRecord).join(BidRecord, col(BidRecord.id) == OpenedBidRecord.bid_id)
    found = found.where(OpenedBidRecord.tender_id == tender_id).order_by(col(BidRecord.sequence))
    return list(session.exec(found))


def opening_record(session: Session, tender_id: str) -> OpeningRecord | None:
    """The published opening record, if there is one yet."""
    return session.get(OpeningRecord, tender_id)
