<%!
    def plain(lines):
        return "\n".join(line for line in (lines or "pass").splitlines() if "# ###" not in line).lstrip()
%>"""${message[:1].upper() + message[1:]}."""

from typing import Any

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels: Any = ${repr(branch_labels)}
depends_on: Any = ${repr(depends_on)}


def upgrade() -> None:
    """Go forward."""
    ${plain(upgrades)}


def downgrade() -> None:
    """Go back."""
    ${plain(downgrades)}
