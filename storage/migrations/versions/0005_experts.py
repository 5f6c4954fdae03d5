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
    with op.batch_alter_table("draw_eligibility", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sealed_with", sa.String(length=20), server_default="people_key", nullable=False)
        )

    with op.batch_alter_table("draws", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("draws_tender_id_key", type_="unique")
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint("draws_tender_id_round_key", ["tender_id", "round"])

    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sealed_with", sa.String(length=20), server_default="people_key", nullable=False)
        )

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.alter_column("expert_id", existing_type=sa.VARCHAR(length=36), nullable=True)

    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("voided_draws", schema=None) as batch_op:
        batch_op.drop_column("round")

    with op.batch_alter_table("panel_seats", schema=None) as batch_op:
        batch_op.alter_column("expert_id", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.drop_column("sealed")

    with op.batch_alter_table("expert_avoidance", schema=None) as batch_op:
        batch_op.drop_column("sealed_with")

    with op.batch_alter_table("draws", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("draws_tender_id_round_key", type_="unique")
        batch_op.create_unique_constraint("draws_tender_id_key", ["tender_id"])
        batch_op.drop_column("sealed")
        batch_op.drop_column("round")

    with op.batch_alter_table("draw_eligibility", schema=None) as batch_op:
        batch_op.drop_column("sealed_with")
