"""Evaluation."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from storage.migrations.carry import seal_experts

revision = "0004"
down_revision = "0003"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "draw_chains",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "draw_keys",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "pool_rules",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "chair_rounds",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("elected", sa.String(length=20), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "number"),
    )
    op.create_table(
        "chair_votes",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "round", "seat"),
    )
    op.create_table(
        "dissents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tender_id", "seat"),
    )
    op.create_table(
        "expert_applications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("expert_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("expert_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_applications_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expert_applications_state"), ["state"], unique=False)

    op.create_table(
        "expert_appraisals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.String(length=36), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objection", sa.String(length=2000), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tender_id", "seat", "side"),
    )
    with op.batch_alter_table("expert_appraisals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_appraisals_expert_id"), ["expert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expert_appraisals_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "expert_avoidance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("ties", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tender_id", "leaf"),
    )
    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_avoidance_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "expert_calls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("seat_group", sa.String(length=40), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pin_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("record_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tender_id", "seat"),
        sa.UniqueConstraint("token_digest"),
    )
    with op.batch_alter_table("expert_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_calls_answer_until"), ["answer_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_expert_calls_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_expert_calls_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "expert_spans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("expert_spans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_spans_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "expert_standings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("expert_standings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_standings_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "panel_absences",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settled_by", sa.String(length=36), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("replacement", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("panel_absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_absences_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "report_signatures",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "report", "seat"),
    )
    op.create_table(
        "report_signings",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "report"),
    )
    op.create_table(
        "voided_draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.String(length=36), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voided_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voided_draws_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "blind_lots",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    with op.batch_alter_table("blind_lots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blind_lots_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "blind_sheets",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id", "label", "seat"),
    )
    op.create_table(
        "collusion_searches",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    with op.batch_alter_table("collusion_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collusion_searches_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "collusion_signals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("strength", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "digest"),
    )
    with op.batch_alter_table("collusion_signals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collusion_signals_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "compliance_ballots",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id", "seat"),
    )
    op.create_table(
        "draw_eligibility",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("avoided", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draws.id"],
        ),
        sa.PrimaryKeyConstraint("draw_id"),
    )
    op.create_table(
        "draw_shares",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("dealer", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("share", sa.LargeBinary(), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.String(length=36), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draws.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("draw_id", "dealer", "party"),
    )
    op.create_table(
        "evaluation_draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("rests_on", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("frozen_by", sa.String(length=36), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["frozen_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "stage", "rests_on"),
    )
    with op.batch_alter_table("evaluation_draws", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_draws_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "lot_findings",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("ranking_digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    with op.batch_alter_table("lot_findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_findings_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "score_comparisons",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("figures_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id", "number"),
    )
    with op.batch_alter_table("score_comparisons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_comparisons_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "blind_parts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("bid_id", sa.String(length=36), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("blind_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blind_parts_bid_id"), ["bid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blind_parts_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blind_parts_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "clarifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("corrected_price", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("confirms", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruling", sa.String(length=20), nullable=True),
        sa.Column("ruling_reason", sa.String(), nullable=False),
        sa.Column("ruled_by", sa.String(length=20), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("clarifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarifications_bid_id"), ["bid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clarifications_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clarifications_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "collusion_facts",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id"),
    )
    with op.batch_alter_table("collusion_facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collusion_facts_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_collusion_facts_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "collusion_marks",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("value_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("bidder_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["bidder_id"],
            ["organisations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id", "value_hash"),
    )
    with op.batch_alter_table("collusion_marks", schema=None) as batch_op:
        batch_op.create_index("ix_collusion_marks_value", ["value_hash"], unique=False)

    op.create_table(
        "collusion_remarks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("signal_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"],
            ["collusion_signals.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("collusion_remarks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collusion_remarks_signal_id"), ["signal_id"], unique=False)

    op.create_table(
        "earlier_work",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=True),
        sa.Column("bid_id", sa.String(length=36), nullable=True),
        sa.Column("seat", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("cause_id", sa.String(length=36), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("earlier_work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_work_cause_id"), ["cause_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_earlier_work_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "price_checks",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id"),
    )
    with op.batch_alter_table("price_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_checks_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_checks_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "reopenings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("bid_id", sa.String(length=36), nullable=True),
        sa.Column("seat", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reopenings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reopenings_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "score_outliers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("is_high", sa.Boolean(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("score_outliers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_outliers_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_outliers_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "submission_traces",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id"),
    )
    with op.batch_alter_table("draw_parties", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_rescued", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("is_false", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(sa.Column("key", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("chain_head", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("dealing", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("receipt", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reveal_minutes", sa.Integer(), server_default="60", nullable=False))
        batch_op.add_column(sa.Column("restart_of", sa.String(length=36), server_default="", nullable=False))
        batch_op.add_column(sa.Column("countersigned_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("countersigned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_value", sa.String(length=400), nullable=True))
        batch_op.add_column(
            sa.Column("void_reason", sa.String(length=2000), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("void_asked_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("void_asked_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sealed", sa.LargeBinary(), server_default=sa.text("('')"), nullable=False)
        )
        batch_op.add_column(sa.Column("identity_digest", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(
            sa.Column(
                "name_digest", sa.LargeBinary(length=32), server_default=sa.text("('')"), nullable=False
            )
        )
        batch_op.add_column(sa.Column("title", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("standing_reason", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_experts_identity_digest"), ["identity_digest"], unique=True)
        batch_op.create_index(batch_op.f("ix_experts_name_digest"), ["name_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_experts_region"), ["region"], unique=False)
        batch_op.create_index(batch_op.f("ix_experts_standing"), ["standing"], unique=False)

    # Their contents go into `sealed` first.
    seal_experts(op.get_bind(), context.config.attributes["people_key"])
    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.drop_column("name")
        batch_op.drop_column("employer")

    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rulebook", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("rulebook_digest", sa.String(length=64), nullable=True))

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_by", sa.String(length=20), nullable=True))

    with op.batch_alter_table("tenders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("award_rule", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("tenders", schema=None) as batch_op:
        batch_op.drop_column("award_rule")

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.drop_column("replaced_by")

    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_column("rulebook_digest")
        batch_op.drop_column("rulebook")

    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.VARCHAR(length=200), nullable=False))
        batch_op.add_column(sa.Column("employer", sa.VARCHAR(length=300), nullable=False))
        batch_op.drop_index(batch_op.f("ix_experts_standing"))
        batch_op.drop_index(batch_op.f("ix_experts_region"))
        batch_op.drop_index(batch_op.f("ix_experts_name_digest"))
        batch_op.drop_index(batch_op.f("ix_experts_identity_digest"))
        batch_op.drop_column("standing_reason")
        batch_op.drop_column("title")
        batch_op.drop_column("name_digest")
        batch_op.drop_column("identity_digest")
        batch_op.drop_column("sealed")

    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.drop_column("void_asked_at")
        batch_op.drop_column("void_asked_by")
        batch_op.drop_column("void_reason")
        batch_op.drop_column("late_value")
        batch_op.drop_column("countersigned_at")
        batch_op.drop_column("countersigned_by")
        batch_op.drop_column("restart_of")
        batch_op.drop_column("reveal_minutes")

    with op.batch_alter_table("draw_parties", schema=None) as batch_op:
        batch_op.drop_column("received_at")
        batch_op.drop_column("receipt")
        batch_op.drop_column("dealt_at")
        batch_op.drop_column("dealing")
        batch_op.drop_column("chain_head")
        batch_op.drop_column("key")
        batch_op.drop_column("is_false")
        batch_op.drop_column("is_rescued")

    op.drop_table("submission_traces")
    with op.batch_alter_table("score_outliers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_outliers_tender_id"))
        batch_op.drop_index(batch_op.f("ix_score_outliers_lot_id"))

    op.drop_table("score_outliers")
    with op.batch_alter_table("reopenings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reopenings_tender_id"))

    op.drop_table("reopenings")
    with op.batch_alter_table("price_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_checks_tender_id"))
        batch_op.drop_index(batch_op.f("ix_price_checks_lot_id"))

    op.drop_table("price_checks")
    with op.batch_alter_table("earlier_work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_earlier_work_tender_id"))
        batch_op.drop_index(batch_op.f("ix_earlier_work_cause_id"))

    op.drop_table("earlier_work")
    with op.batch_alter_table("collusion_remarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collusion_remarks_signal_id"))

    op.drop_table("collusion_remarks")
    with op.batch_alter_table("collusion_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_collusion_marks_value")

    op.drop_table("collusion_marks")
    with op.batch_alter_table("collusion_facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collusion_facts_tender_id"))
        batch_op.drop_index(batch_op.f("ix_collusion_facts_lot_id"))

    op.drop_table("collusion_facts")
    with op.batch_alter_table("clarifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarifications_tender_id"))
        batch_op.drop_index(batch_op.f("ix_clarifications_lot_id"))
        batch_op.drop_index(batch_op.f("ix_clarifications_bid_id"))

    op.drop_table("clarifications")
    with op.batch_alter_table("blind_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blind_parts_tender_id"))
        batch_op.drop_index(batch_op.f("ix_blind_parts_lot_id"))
        batch_op.drop_index(batch_op.f("ix_blind_parts_bid_id"))

    op.drop_table("blind_parts")
    with op.batch_alter_table("score_comparisons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_comparisons_tender_id"))

    op.drop_table("score_comparisons")
    with op.batch_alter_table("lot_findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_findings_tender_id"))

    op.drop_table("lot_findings")
    with op.batch_alter_table("evaluation_draws", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_draws_tender_id"))

    op.drop_table("evaluation_draws")
    op.drop_table("draw_shares")
    op.drop_table("draw_eligibility")
    op.drop_table("compliance_ballots")
    with op.batch_alter_table("collusion_signals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collusion_signals_tender_id"))

    op.drop_table("collusion_signals")
    with op.batch_alter_table("collusion_searches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collusion_searches_tender_id"))

    op.drop_table("collusion_searches")
    op.drop_table("blind_sheets")
    with op.batch_alter_table("blind_lots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blind_lots_tender_id"))

    op.drop_table("blind_lots")
    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voided_draws_tender_id"))

    op.drop_table("voided_draws")
    op.drop_table("report_signings")
    op.drop_table("report_signatures")
    with op.batch_alter_table("panel_absences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_panel_absences_tender_id"))

    op.drop_table("panel_absences")
    with op.batch_alter_table("expert_standings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_standings_expert_id"))

    op.drop_table("expert_standings")
    with op.batch_alter_table("expert_spans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_spans_expert_id"))

    op.drop_table("expert_spans")
    with op.batch_alter_table("expert_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_calls_tender_id"))
        batch_op.drop_index(batch_op.f("ix_expert_calls_state"))
        batch_op.drop_index(batch_op.f("ix_expert_calls_answer_until"))

    op.drop_table("expert_calls")
    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_avoidance_tender_id"))

    op.drop_table("expert_avoidance")
    with op.batch_alter_table("expert_appraisals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_appraisals_tender_id"))
        batch_op.drop_index(batch_op.f("ix_expert_appraisals_expert_id"))

    op.drop_table("expert_appraisals")
    with op.batch_alter_table("expert_applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_applications_state"))
        batch_op.drop_index(batch_op.f("ix_expert_applications_person_id"))

    op.drop_table("expert_applications")
    op.drop_table("dissents")
    op.drop_table("chair_votes")
    op.drop_table("chair_rounds")
    op.drop_table("pool_rules")
    op.drop_table("draw_keys")
    op.drop_table("draw_chains")
