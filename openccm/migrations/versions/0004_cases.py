"""Cases, the compensations offered in them, and what events did for each entry of a list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STANDS = sa.text(
    "state IN ('approved', 'auto_approved', 'awaiting_approval', 'issued', 'proposed', 'settled')"
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_key", sa.String(80), nullable=True),
        sa.Column("account_key", sa.String(80), nullable=True),
        sa.Column("system_code", sa.String(40), nullable=False),
        sa.Column("raised_as", sa.String(200), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("raised_as"),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_case_list", ["state", "type", "opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_person_key"), ["person_key"], unique=False)

    op.create_table(
        "case_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(60), nullable=False),
        sa.Column("person_key", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "part", "person_key"),
    )
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_party_person_key"), ["person_key"], unique=False)

    op.create_table(
        "compensation_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("person_key", sa.String(80), nullable=False),
        sa.Column("addressee_key", sa.String(80), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("decided_table", sa.String(60), nullable=False),
        sa.Column("decided_version", sa.Integer(), nullable=False),
        sa.Column("decided_rows", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("recommendation", sa.String(), nullable=False),
        sa.Column("approver", sa.String(60), nullable=True),
        sa.Column("todo_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("system_code", sa.String(40), nullable=False),
        sa.Column("process", sa.String(60), nullable=False),
        sa.Column("review", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "cause", "person_key"),
    )
    with op.batch_alter_table("compensation_offer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_compensation_offer_person_key"), ["person_key"], unique=False
        )
        batch_op.create_index(
            "uq_compensation_offer_standing",
            ["cause", "person_key"],
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        )

    with op.batch_alter_table("event_effect", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entry", sa.String(140), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("event_effect", schema=None) as batch_op:
        batch_op.drop_column("entry")

    with op.batch_alter_table("compensation_offer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_compensation_offer_standing", sqlite_where=STANDS, postgresql_where=STANDS
        )
        batch_op.drop_index(batch_op.f("ix_compensation_offer_person_key"))

    op.drop_table("compensation_offer")
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_party_person_key"))

    op.drop_table("case_party")
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_note_case_id"))

    op.drop_table("case_note")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_person_key"))
        batch_op.drop_index(batch_op.f("ix_case_person_id"))
        batch_op.drop_index("ix_case_list")
        batch_op.drop_index(batch_op.f("ix_case_instance_id"))

    op.drop_table("case")
