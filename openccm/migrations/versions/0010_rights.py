"""Security levels of definitions, clearances, and purged to-dos."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "definition_version",
        sa.Column("visible_to", sa.String(), nullable=False, server_default=""),
    )
    op.add_column("to_do", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("to_do", sa.Column("purged_by", sa.String(), nullable=True))
    op.create_table(
        "clearance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_clearance_asked_by", "clearance", ["asked_by", "state"])
    op.create_index("ix_clearance_person_id", "clearance", ["person_id"])
