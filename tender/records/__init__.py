"""Tables of tenders, notices, questions, bids, the closing and the opening.

A trigger on each database refuses any bid row, new or changed, once the tender's closing row exists: the rule holds
even where the program is wrong.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Column, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class TenderRecord(SQLModel, table=True):
    """One tender: its draft, then its current state; notices keep what was published."""

    __tablename__ = "tenders"
    id: str = Field(primary_key=True, sa_type=Id)
    tenderer_id: str = Field(sa_type=Id, foreign_key="organisations.id")
    created_by: str = Field(sa_type=Id, foreign_key="people.id")
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    stage: str = Field(max_length=20, index=True)
    version: int = 1
    reference: str = Field(default="", max_length=100)
    title: dict[str, str] = Field(default_factory=dict, sa_column=_json())
    summary: dict[str, str] = Field(default_factory=dict, sa_column=_json())
    questions_until: datetime | None = Field(default=None, sa_type=UtcTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcTime)
    settle_seconds: int = 5
    periods: dict[str, int] = Field(default_factory=dict, sa_column=_json())
    shortening_reason: str = ""
    suite: str = Field(default="hybrid", max_length=20)
    threshold: int = 2
    rulebook: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    rulebook_digest: str | None = Field(default=None, max_length=64)
    currency: str = Field(default="CNY", max_length=3)
    price_places: int = 2
    award_rule: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """who may win how many lots (docs/formats/lot-award.md); None: each lot stands alone"""
    envelopes: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JsonText))
    """the envelopes of a bid (tender.envelopes); None: one that holds everything"""
    outage_rule: dict[str, int] | None = Field(default=None, sa_column=Column(JsonText))
    opening_rule: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """what an outage does to the closing time (tender.outages); None: nothing"""
    timestamps: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """outside authorities that stamp each bid too (tender.stamps); None: the platform's own alone"""
    signing: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """whose certificates sign each bid too (tender.signing); None: the account's key alone"""
    published_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)


class LotRecord(SQLModel, table=True):
    """One lot of a tender."""

    __tablename__ = "lots"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    number: int
    title: dict[str, str] = Field(default_factory=dict, sa_column=_json())
    rulebook: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """the lot's own; None: the tender's holds"""
    rulebook_digest: str | None = Field(default=None, max_length=64)


class DocumentRecord(SQLModel, table=True):
    """A file published with the notice; its bytes are an object."""

    __tablename__ = "tender_documents"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: bytes = Field(sa_type=Digest)
    size: int = Field(sa_type=BigInteger)
    added_at: datetime = Field(sa_type=UtcTime)


class OpenerRecord(SQLModel, table=True):
    """One opener of a tender, their public keys, and the test envelope they must open."""

    __tablename__ = "tender_openers"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    hpke_public: bytes | None = None
    sign_public: bytes | None = None
    rehearsal: bytes | None = None
    rehearsal_answer: bytes | None = Field(default=None, sa_type=Digest)
    rehearsed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class NoticeRecord(SQLModel, table=True):
    """One published version of a notice, never changed."""

    __tablename__ = "notices"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: dict[str, Any] = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    published_at: datetime = Field(sa_type=UtcTime)


class QuestionRecord(SQLModel, table=True):
    """A bidder's question; who asked is never published."""

    __tablename__ = "questions"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    asked_by: str = Field(sa_type=Id, foreign_key="people.id")
    text: str
    asked_at: datetime = Field(sa_type=UtcTime)
    answer: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BidRecord(SQLModel, table=True):
    """One sealed bid: where its envelope lies, when it was stamped, where it stands in the log."""

    __tablename__ = "bids"
    __table_args__ = (UniqueConstraint("tender_id", "sequence"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id")
    bidder_id: str = Field(sa_type=Id, foreign_key="organisations.id", index=True)
    submitted_by: str = Field(sa_type=Id, foreign_key="people.id")
    submission_id: str = Field(sa_type=Id, unique=True)
    sequence: int
    digest: bytes = Field(sa_type=Digest, unique=True)
    size: int = Field(sa_type=BigInteger)
    prefix: bytes
    """the prefixes of its envelopes, one after the other"""
    received_at: datetime = Field(sa_type=UtcTime)
    token: bytes
    log_index: int
    receipt: str
    status: str = Field(max_length=20)
    replaces: str | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    end_receipt: str | None = None


class UploadRecord(SQLModel, table=True):
    """A sealed file on its way in, or in and not submitted: a draft, known to its bidder only.

    `received` bytes are safe; `peaks` and `payload_peaks` go on hashing from there. Random ids, no counters.
    """

    __tablename__ = "uploads"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id")
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id")
    bidder_id: str = Field(sa_type=Id, foreign_key="organisations.id", index=True)
    begun_by: str = Field(sa_type=Id, foreign_key="people.id")
    filename: str = Field(default="", max_length=200)
    size: int = Field(sa_type=BigInteger)
    digest: bytes = Field(sa_type=Digest)
    replaces: str | None = Field(default=None, sa_type=Id)
    received: int = Field(default=0, sa_type=BigInteger)
    peaks: bytes = b""
    payload_peaks: bytes = b""
    prefixes: bytes = b""
    pieces: list[Any] = Field(default_factory=list, sa_column=_json())
    """where the bytes lie, in a store of pieces: names and sizes in order"""
    direct: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """of an upload that goes to the store itself: its number there, the parts, what was found"""
    begun_at: datetime = Field(sa_type=UtcTime)
    written_at: datetime = Field(sa_type=UtcTime, index=True)
    stored_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """when all of it lay in the object store, checked"""


class ReminderRecord(SQLModel, table=True):
    """One reminder to a bidder whose file is uploaded and not submitted; sent once for each closing time."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("tender_id", "bidder_id", "closes_at", "minutes"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id")
    bidder_id: str = Field(sa_type=Id, foreign_key="organisations.id")
    closes_at: datetime = Field(sa_type=UtcTime)
    minutes: int
    """before the closing"""
    asked_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    people: int = 0
    """how many were reached"""


class BidTokenRecord(SQLModel, table=True):
    """What an outside authority stamped of a bid; without a token while it is still awaited."""

    __tablename__ = "bid_tokens"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    authority: str = Field(primary_key=True, max_length=80)
    token: bytes | None = None
    stamped_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BidSigningRecord(SQLModel, table=True):
    """Why the certificate that signed a bid was accepted (tender.signing); the log has the digest of it."""

    __tablename__ = "bid_signings"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    proof: dict[str, Any] = Field(sa_column=_json())


class SubmissionTraceRecord(SQLModel, table=True):
    """Where a bid came in from: network address and program, sealed under the platform's key for people's data.

    Read only after the opening, by the search for collusion; its context is the submission's id.
    """

    __tablename__ = "submission_traces"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    sealed: bytes


class ClosingRecord(SQLModel, table=True):
    """The recorded end of bidding."""

    __tablename__ = "closings"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    last_sequence: int
    bids: int
    log_size: int
    log_root: bytes = Field(sa_type=Digest)
    checkpoint: str
    closed_at: datetime = Field(sa_type=UtcTime)


class ReleaseRecord(SQLModel, table=True):
    """One opener's signed release of shares."""

    __tablename__ = "releases"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    statement: dict[str, Any] = Field(sa_column=_json())
    shares: dict[str, Any] = Field(sa_column=_json())
    released_at: datetime = Field(sa_type=UtcTime)


class OpenedBidRecord(SQLModel, table=True):
    """What came out of one envelope."""

    __tablename__ = "opened_bids"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    outcome: str = Field(max_length=20)
    cause: str = Field(default="", max_length=20)
    problem: str = ""
    bad_shares: list[int] = Field(default_factory=list, sa_column=_json())
    bid_json: bytes = b""
    blind: bytes = b""
    price_units: int | None = Field(default=None, sa_type=BigInteger)
    price_text: str = Field(default="", max_length=60)
    contents_digest: bytes | None = Field(default=None, sa_type=Digest)
    files: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json())
    opened_at: datetime = Field(sa_type=UtcTime)


class OpenedEnvelopeRecord(SQLModel, table=True):
    """What came out of one envelope of a tender that opens in stages; the opened bid is the sum of these."""

    __tablename__ = "opened_envelopes"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    kind: str = Field(primary_key=True, max_length=32)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    outcome: str = Field(max_length=20)
    problem: str = ""
    bad_shares: list[int] = Field(default_factory=list, sa_column=_json())
    bid_json: bytes = b""
    blind: bytes = b""
    opened_at: datetime = Field(sa_type=UtcTime)


class ScoreLockRecord(SQLModel, table=True):
    """The moment from which the technical scores stand and the sealed prices may open; later the record of that."""

    __tablename__ = "score_locks"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    scores: dict[str, dict[str, str]] = Field(sa_column=_json())
    """by bid, the digests over its votes and its signed sheets"""
    log_size: int
    log_root: bytes = Field(sa_type=Digest)
    checkpoint: str
    locked_at: datetime = Field(sa_type=UtcTime)
    body: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    digest: str | None = Field(default=None, max_length=64)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PriceReleaseRecord(SQLModel, table=True):
    """One opener's signed release of the shares of the envelopes that open once the scores are locked."""

    __tablename__ = "price_releases"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    statement: dict[str, Any] = Field(sa_column=_json())
    shares: dict[str, Any] = Field(sa_column=_json())
    released_at: datetime = Field(sa_type=UtcTime)


class OpeningRecord(SQLModel, table=True):
    """The published record of an opening."""

    __tablename__ = "opening_records"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    body: dict[str, Any] = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    recorded_at: datetime = Field(sa_type=UtcTime)


class PulseRecord(SQLModel, table=True):
    """The one row that says when the platform could last be used."""

    __tablename__ = "pulse"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)


class OutageRecord(SQLModel, table=True):
    """A time in which the platform could not be used, with the signed certificate of it."""

    __tablename__ = "outages"
    id: str = Field(primary_key=True, sa_type=Id)
    began_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime = Field(sa_type=UtcTime, index=True)
    cause: str = Field(max_length=20)
    moved: int
    certificate: dict[str, Any] = Field(sa_column=_json())
    recorded_at: datetime = Field(sa_type=UtcTime)


CLOSED_BIDS_ARE_FINAL = {
    "sqlite": (
        "CREATE TRIGGER {name} BEFORE {verb} ON bids WHEN EXISTS (SELECT 1 FROM closings WHERE tender_id ="
        " NEW.tender_id) BEGIN SELECT RAISE(ABORT, 'the tender is closed: its bids are final'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION closed_bids_are_final() RETURNS trigger AS $$ BEGIN IF EXISTS (SELECT 1 FROM"
        " closings WHERE tender_id = NEW.tender_id) THEN RAISE EXCEPTION 'the tender is closed: its bids are final';"
        " END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER {name} BEFORE {verb} ON bids FOR EACH ROW EXECUTE FUNCTION closed_bids_are_final()",
    ),
}
"""SQL by dialect that makes the database itself refuse bids of a closed tender; migrations run the same lines."""


def closing_trigger_sql(dialect: str) -> list[str]:
    """The statements that create the triggers on one kind of database."""
    verbs = {"bids_closed_insert": "INSERT", "bids_closed_update": "UPDATE"}
    found: list[str] = []
    for name, verb in verbs.items():
        for line in CLOSED_BIDS_ARE_FINAL[dialect]:
            statement = line.replace("{name}", name).replace("{verb}", verb)
            if statement not in found:
                found.append(statement)
    return found


for _dialect in CLOSED_BIDS_ARE_FINAL:
    for _statement in closing_trigger_sql(_dialect):
        event.listen(
            SQLModel.metadata,
            "after_create",
            DDL(  # type: ignore[no-untyped-call]
                _statement.replace("%", "%%")
            ).execute_if(dialect=_dialect),
        )
