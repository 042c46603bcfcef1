"""Notes in to-dos."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "to_do_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("todo_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["todo_id"], ["to_do.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("to_do_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_to_do_note_todo_id"), ["todo_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("to_do_note")
