"""Customer contacts, their logs, and reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "customer_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("class_code", sa.String(60), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("direction", sa.String(12), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("made_as", sa.String(300), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_key", sa.String(80), nullable=False),
        sa.Column("premise_key", sa.String(80), nullable=False),
        sa.Column("characteristics", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("communication_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("made_as"),
    )
    with op.batch_alter_table("customer_contact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_contact_account",
            ["account_key", "id"],
            unique=False,
            sqlite_where=sa.text("account_key <> ''"),
            postgresql_where=sa.text("account_key <> ''"),
        )
        batch_op.create_index(
            "ix_customer_contact_open",
            ["state", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_customer_contact_origin",
            ["origin_id"],
            unique=False,
            sqlite_where=sa.text("origin_id IS NOT NULL"),
            postgresql_where=sa.text("origin_id IS NOT NULL"),
        )
        batch_op.create_index("ix_customer_contact_person", ["person_id", "id"], unique=False)
        batch_op.create_index(
            "ix_customer_contact_premise",
            ["premise_key", "id"],
            unique=False,
            sqlite_where=sa.text("premise_key <> ''"),
            postgresql_where=sa.text("premise_key <> ''"),
        )

    op.create_table(
        "contact_log_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["customer_contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_log_entry", schema=None) as batch_op:
        batch_op.create_index("ix_contact_log_entry_contact", ["contact_id", "id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("todo_type", sa.String(60), nullable=False),
        sa.Column("role", sa.String(60), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("calendar", sa.String(60), nullable=True),
        sa.Column("context", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("todo_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(60), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["customer_contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["contact_log_entry.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index("ix_reminder_contact", ["contact_id"], unique=False)
        batch_op.create_index(
            "ix_reminder_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'snoozed', 'due')"),
            postgresql_where=sa.text("state IN ('pending', 'snoozed', 'due')"),
        )

    op.add_column("communication", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.add_column("communication_request", sa.Column("contact_id", sa.Uuid(), nullable=True))
    holder = sa.Column("holder", sa.String(60), nullable=False, server_default="")
    op.add_column("once_guard", holder)


def downgrade() -> None:
    """Go back."""
    op.drop_column("once_guard", "holder")
    op.drop_column("communication_request", "contact_id")
    op.drop_column("communication", "contact_id")

    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reminder_due",
            sqlite_where=sa.text("state IN ('pending', 'snoozed', 'due')"),
            postgresql_where=sa.text("state IN ('pending', 'snoozed', 'due')"),
        )
        batch_op.drop_index("ix_reminder_contact")

    op.drop_table("reminder")
    with op.batch_alter_table("contact_log_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_log_entry_contact")

    op.drop_table("contact_log_entry")
    with op.batch_alter_table("customer_contact", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customer_contact_premise",
            sqlite_where=sa.text("premise_key <> ''"),
            postgresql_where=sa.text("premise_key <> ''"),
        )
        batch_op.drop_index("ix_customer_contact_person")
        batch_op.drop_index(
            "ix_customer_contact_origin",
            sqlite_where=sa.text("origin_id IS NOT NULL"),
            postgresql_where=sa.text("origin_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customer_contact_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_customer_contact_account",
            sqlite_where=sa.text("account_key <> ''"),
            postgresql_where=sa.text("account_key <> ''"),
        )

    op.drop_table("customer_contact")
