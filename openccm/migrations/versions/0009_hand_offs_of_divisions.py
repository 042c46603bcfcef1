"""Hand-offs of divisions."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "hand_off",
        sa.Column("division", sa.String(), nullable=False, server_default=""),
    )
