"""Dispositions: what a to-do came to, on which day, after how many tries."""

import sqlalchemy as sa
from alembic import op

from openccm.platform.columns import PlainJson

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("to_do", sa.Column("disposition", sa.String(length=60), nullable=True))
    op.add_column("to_do", sa.Column("outcome_on", sa.Date(), nullable=True))
    op.add_column("to_do", sa.Column("tries", PlainJson, nullable=False, server_default="{}"))
