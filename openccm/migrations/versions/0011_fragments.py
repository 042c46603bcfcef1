"""Fragments: which versions a communication was composed of."""

import sqlalchemy as sa
from alembic import op

from openccm.platform.columns import PlainJson

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "communication",
        sa.Column("fragments", PlainJson, nullable=False, server_default="{}"),
    )
