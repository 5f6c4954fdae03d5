"""Experts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels: Any = None
depends_on: Any = None
NAMES = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""How PostgreSQL calls what SQLite leaves without a name."""


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "decoy_touches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "draw_nonces",
        sa.Column("tender_id", sa.String(length=36), nullable=False),
        sa.Column("bidder_id", sa.String(length=36), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("given_by", sa.String(length=36), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bidder_id"],
            ["organisations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tenders.id"],
        ),
        sa.PrimaryKeyConstraint("tender_id", "bidder_id"),
    )
    op.create_table(
        "expert_edits",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
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
    with op.batch_alter_table("expert_edits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_edits_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "expert_certificates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=True),
        sa.Column("application_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["expert_applications.id"],
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["experts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("expert_certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_expert_certificates_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_expert_certificates_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "review_draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seats", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("draw_chains", schema=None) as batch_op:
        batch_op.add_column(sa.Column("log_index", sa.Integer(), nullable=True))

    with op.batch_alter_table("draw_eligibility", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sealed_with", sa.String(length=20), server_default="people_key", nullable=False)
        )

    with op.batch_alter_table("draw_parties", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chain_index", sa.Integer(), nullable=True))

    with op.batch_alter_table("draws", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("draws_tender_id_key", type_="unique")
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("nonces", sa.Text(), nullable=True))
        batch_op.create_unique_constraint("draws_tender_id_round_key", ["tender_id", "round"])

    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sealed_with", sa.String(length=20), server_default="people_key", nullable=False)
        )

    with op.batch_alter_table("expert_calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("arrive_by", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("vacated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("expert_id", existing_type=sa.VARCHAR(length=36), nullable=True)

    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.drop_column("round")

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.alter_column("expert_id", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.drop_column("vacated_at")
        batch_op.drop_column("sealed")

    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.drop_column("mark")

    with op.batch_alter_table("expert_calls", schema=None) as batch_op:
        batch_op.drop_column("arrive_by")

    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.drop_column("sealed_with")

    with op.batch_alter_table("draws", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("draws_tender_id_round_key", type_="unique")
        batch_op.create_unique_constraint("draws_tender_id_key", ["tender_id"])
        batch_op.drop_column("nonces")
        batch_op.drop_column("sealed")
        batch_op.drop_column("round")

    with op.batch_alter_table("draw_parties", schema=None) as batch_op:
        batch_op.drop_column("chain_index")

    with op.batch_alter_table("draw_eligibility", schema=None) as batch_op:
        batch_op.drop_column("sealed_with")

    with op.batch_alter_table("draw_chains", schema=None) as batch_op:
        batch_op.drop_column("log_index")

    op.drop_table("review_draws")
    with op.batch_alter_table("expert_certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_certificates_expert_id"))
        batch_op.drop_index(batch_op.f("ix_expert_certificates_application_id"))

    op.drop_table("expert_certificates")
    with op.batch_alter_table("expert_edits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_edits_expert_id"))

    op.drop_table("expert_edits")
    op.drop_table("draw_nonces")
    op.drop_table("decoy_touches")
