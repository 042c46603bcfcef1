"""Add parties and their search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "hand_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("typed", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("object_key", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("hand_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_off_state"), ["state"], unique=False)

    op.create_table(
        "identifier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_kind", sa.String(20), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("object_kind", "kind", "value"),
    )
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.create_index("ix_identifier_object_id", ["object_id"], unique=False)

    op.create_table(
        "party_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "code"),
    )
    op.create_table(
        "premise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "search_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("object_id"),
    )
    _index_trigrams()
    op.create_table(
        "search_word",
        sa.Column(
            "variant",
            sa.String(),
            nullable=False,
        ),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("variant", "word"),
    )
    op.create_table(
        "sync_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("object_kind", sa.String(20), nullable=False),
        sa.Column("external_key", sa.String(80), nullable=False),
        sa.Column("object_key", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "object_kind", "external_key"),
    )
    op.create_table(
        "relationship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "other_id", "relation"),
    )
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relationship_other_id"), ["other_id"], unique=False)

    op.create_table(
        "account_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "person_id", "role"),
    )
    with op.batch_alter_table("account_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "occupancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premise_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["premise_id"],
            ["premise.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupancy_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_premise_id"), ["premise_id"], unique=False)

    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("line", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("do_not_disturb", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_contact_point_value"), ["value"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(), server_default="individual", nullable=False)
        )
        batch_op.add_column(
            sa.Column("vip", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "needs",
                sa.JSON().with_variant(JSONB(), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )


def _index_trigrams() -> None:
    """Any part of a word is found by an index: of PostgreSQL's pg_trgm, of SQLite's FTS5."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_text USING fts5("
            "terms, content='search_entry', content_rowid='number', tokenize='trigram')"
        )
        return
    there = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if connection.scalar(sa.text(there)) is None:
        try:
            op.execute("CREATE EXTENSION pg_trgm")
        except DBAPIError as error:
            raise RuntimeError(
                "The search needs PostgreSQL's extension pg_trgm, which this user may not create. "
                "Have the database's owner run CREATE EXTENSION pg_trgm in it, and migrate again."
            ) from error
    op.execute(
        "CREATE INDEX ix_search_entry_terms ON search_entry "
        "USING gin (terms gin_trgm_ops) WITH (fastupdate = off)"
    )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("needs")
        batch_op.drop_column("vip")
        batch_op.drop_column("kind")

    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_point_value"))
        batch_op.drop_column("do_not_disturb")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("valid_until")
        batch_op.drop_column("valid_from")
        batch_op.drop_column("line")
        batch_op.drop_column("original")

    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_occupancy_premise_id"))
        batch_op.drop_index(batch_op.f("ix_occupancy_person_id"))
        batch_op.drop_index(batch_op.f("ix_occupancy_account_id"))

    op.drop_table("occupancy")
    with op.batch_alter_table("account_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_link_person_id"))

    op.drop_table("account_link")
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relationship_other_id"))

    op.drop_table("relationship")
    op.drop_table("sync_version")
    op.drop_table("search_word")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_text")
    op.drop_table("search_entry")
    op.drop_table("premise")
    op.drop_table("party_code")
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.drop_index("ix_identifier_object_id")

    op.drop_table("identifier")
    with op.batch_alter_table("hand_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_off_state"))

    op.drop_table("hand_off")
