"""Draws and evaluations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "experts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("employer", sa.String(length=300), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("specialties", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("leaf_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("experts", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("tender_id"),
    )
    op.create_table(
        "evaluation_reports",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "form"),
    )
    op.create_table(
        "panel_seats",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("seat_group", sa.String(length=40), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "seat"),
        sa.UniqueConstraint("tender_id", "expert_id"),
    )
    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_seats_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "draw_parties",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("committed_by", sa.String(length=36), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("revealed_by", sa.String(length=36), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["committed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draws.id"],
        ),
        sa.ForeignKeyConstraint(
            ["revealed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("draw_id", "party"),
    )
    op.create_table(
        "rankings",
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("case_digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=False),
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
    with op.batch_alter_table("rankings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rankings_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "compliance_votes",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("check_id", sa.String(length=40), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id", "check_id", "seat"),
    )
    with op.batch_alter_table("compliance_votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_compliance_votes_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "sheets",
        sa.Column("bid_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=False),
        sa.Column("lot_id", sa.String(length=36), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bid_id"],
            ["bids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lots.id"],
        ),
        sa.PrimaryKeyConstraint("bid_id", "seat"),
    )
    with op.batch_alter_table("sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheets_lot_id"), ["lot_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheets_lot_id"))

    op.drop_table("sheets")
    with op.batch_alter_table("compliance_votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_compliance_votes_lot_id"))

    op.drop_table("compliance_votes")
    with op.batch_alter_table("rankings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rankings_tender_id"))

    op.drop_table("rankings")
    op.drop_table("draw_parties")
    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_panel_seats_expert_id"))

    op.drop_table("panel_seats")
    op.drop_table("evaluation_reports")
    op.drop_table("draws")
    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experts_person_id"))

    op.drop_table("experts")
