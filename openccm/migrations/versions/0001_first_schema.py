"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "agent_skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("skill", sa.String(60), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("actor", "skill"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain", "sequence"),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_entry_came_in",
            ["action"],
            unique=False,
            sqlite_where=sa.text(
                "action IN ('request.received', 'communication.created', 'event.received')"
            ),
            postgresql_where=sa.text(
                "action IN ('request.received', 'communication.created', 'event.received')"
            ),
        )
        batch_op.create_index("ix_audit_entry_object", ["object_id"], unique=False)

    op.create_table(
        "communication_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system_code", sa.String(40), nullable=False),
        sa.Column("idempotency_key", sa.String(120), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("definition", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=True),
        sa.Column("account_key", sa.String(), nullable=True),
        sa.Column("payload", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("correlation", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("channel_override", sa.String(), nullable=True),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copy_of", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("trigger_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system_code", "idempotency_key"),
    )
    with op.batch_alter_table("communication_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_communication_request_copy_of"), ["copy_of"], unique=False
        )
        batch_op.create_index(
            "ix_communication_request_definition", ["definition", "received_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_communication_request_instance_id"), ["instance_id"], unique=False
        )
        batch_op.create_index(
            "ix_communication_request_list", ["state", "received_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_communication_request_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_communication_request_trigger_id"), ["trigger_id"], unique=False
        )

    op.create_table(
        "content_blob",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "content_text",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "core_system",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "definition_hold",
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "definition_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("files", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("plan", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("editors", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", "version"),
    )
    with op.batch_alter_table("definition_version", schema=None) as batch_op:
        batch_op.create_index(
            "ix_definition_version_in_force",
            ["code"],
            unique=True,
            sqlite_where=sa.text("state IN ('live', 'suspended')"),
            postgresql_where=sa.text("state IN ('live', 'suspended')"),
        )
        batch_op.create_index(
            "ix_definition_version_open",
            ["code"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('draft', 'in_review')"),
        )
        batch_op.create_index(
            batch_op.f("ix_definition_version_release_id"), ["release_id"], unique=False
        )
        batch_op.create_index(
            "ix_definition_version_scheduled",
            ["code"],
            unique=True,
            sqlite_where=sa.text("state IN ('scheduled')"),
            postgresql_where=sa.text("state IN ('scheduled')"),
        )
        batch_op.create_index("ix_definition_version_state", ["state", "code"], unique=False)

    op.create_table(
        "document_buffer",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "duplicate_guard",
        sa.Column("definition", sa.String(60), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("definition", "key_hash"),
    )
    op.create_table(
        "hook_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hook", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("hook_call", schema=None) as batch_op:
        batch_op.create_index("ix_hook_call_hook", ["hook", "failed"], unique=False)

    op.create_table(
        "once_guard",
        sa.Column("binding", sa.String(60), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("binding", "key_hash"),
    )
    op.create_table(
        "outbox_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_entry_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("salutation", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "release_bundle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stored_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stored_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stored_document_communication_id"), ["communication_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stored_document_hash"), ["hash"], unique=False)

    op.create_table(
        "system_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("event_id", sa.String(120), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("person_key", sa.String(), nullable=True),
        sa.Column("account_key", sa.String(), nullable=True),
        sa.Column("premise_key", sa.String(), nullable=True),
        sa.Column("data", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("attributes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("trigger", sa.String(12), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "origin", "event_id"),
    )
    with op.batch_alter_table("system_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_system_event_account_key"), ["account_key"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_system_event_due_at"), ["due_at"], unique=False)
        batch_op.create_index("ix_system_event_list", ["state", "received_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_system_event_person_key"), ["person_key"], unique=False
        )
        batch_op.create_index("ix_system_event_type", ["type", "received_at"], unique=False)

    op.create_table(
        "to_do",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("sla", sa.String(24), nullable=False),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("escalates_at", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("priority_by", sa.String(), nullable=True),
        sa.Column("owner_kind", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_step", sa.String(200), nullable=False),
        sa.Column("raised_as", sa.String(300), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("not_by", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_key", sa.String(80), nullable=True),
        sa.Column("account_key", sa.String(80), nullable=True),
        sa.Column("context", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("skills", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("skill_key", sa.String(), nullable=False),
        sa.Column("form", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("outcome", sa.String(60), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("raised_as"),
    )
    with op.batch_alter_table("to_do", schema=None) as batch_op:
        batch_op.create_index("ix_to_do_owner", ["owner_id"], unique=False)
        batch_op.create_index("ix_to_do_person", ["person_key"], unique=False)
        batch_op.create_index(
            "ix_to_do_queue",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("free_at IS NOT NULL"),
            postgresql_where=sa.text("free_at IS NOT NULL"),
        )

    op.create_table(
        "trigger_switch",
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "workflow_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pins", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("system_code", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=True),
        sa.Column("account_key", sa.String(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("correlation", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("data", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("stopping", sa.String(), nullable=True),
        sa.Column("undoing", sa.Boolean(), nullable=False),
        sa.Column("trail_sequence", sa.Integer(), nullable=False),
        sa.Column("trail_hash", sa.String(64), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", "system_code", "key"),
    )
    with op.batch_alter_table("workflow_instance", schema=None) as batch_op:
        batch_op.create_index("ix_workflow_instance_list", ["state", "started_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workflow_instance_parent_id"), ["parent_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_workflow_instance_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_workflow_instance_process", ["code", "version", "state"], unique=False
        )

    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("account_class", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system_code", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("definitions", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("roles", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["system_code"],
            ["core_system.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_system_code"), ["system_code"], unique=False)

    op.create_table(
        "approval_verdict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["definition_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id", "submission", "actor"),
    )
    op.create_table(
        "callback_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system_code", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("definitions", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_code"],
            ["core_system.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("callback_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_callback_subscription_system_code"), ["system_code"], unique=False
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "purpose"),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("address", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_point_person_id"), ["person_id"], unique=False)

    op.create_table(
        "data_snapshot",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("values", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("sources", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["communication_request.id"],
        ),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_table(
        "decision_verdict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("inputs", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["communication_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("decision_verdict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_verdict_request_id"), ["request_id"], unique=False
        )

    op.create_table(
        "definition_use",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["definition_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id", "code"),
    )
    with op.batch_alter_table("definition_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_use_code"), ["code"], unique=False)

    op.create_table(
        "emergency_publication",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("review_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("overdue_noted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["definition_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id"),
    )
    with op.batch_alter_table("emergency_publication", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_emergency_publication_review_due"), ["review_due"], unique=False
        )

    op.create_table(
        "event_effect",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("binding", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("says", sa.String(), nullable=True),
        sa.Column("created_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["system_event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "binding", "number"),
    )
    with op.batch_alter_table("event_effect", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_effect_created_id"), ["created_id"], unique=False
        )
        batch_op.create_index("ix_event_effect_volume", ["binding", "at", "state"], unique=False)

    op.create_table(
        "event_watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("fields", sa.String(700), nullable=False),
        sa.Column("match_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["workflow_instance.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event_watch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_watch_instance_id"), ["instance_id"], unique=False
        )
        batch_op.create_index(
            "ix_event_watch_match", ["type", "fields", "match_hash"], unique=False
        )

    op.create_table(
        "instance_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("event_key", sa.String(200), nullable=False),
        sa.Column("data", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["workflow_instance.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("instance_id", "name", "event_key"),
    )
    with op.batch_alter_table("instance_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instance_event_instance_id"), ["instance_id"], unique=False
        )

    op.create_table(
        "instance_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("waiting_for", sa.String(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["workflow_instance.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("instance_id", "step", "visit"),
    )
    with op.batch_alter_table("instance_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instance_step_instance_id"), ["instance_id"], unique=False
        )

    op.create_table(
        "preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=True),
        sa.Column("quiet_until", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "definition", "channel"),
    )
    op.create_table(
        "suppression",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suppression_person_id"), ["person_id"], unique=False)

    op.create_table(
        "callback_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("lane", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["callback_subscription.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("callback_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_callback_delivery_due", ["subscription_id", "state", "lane", "place"], unique=False
        )
        batch_op.create_index("ix_callback_delivery_lane", ["lane"], unique=False)

    op.create_table(
        "communication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("contact_point_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("fallback_of", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("document_hash", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("provider_reference", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_point_id"],
            ["contact_point.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["communication_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("communication", schema=None) as batch_op:
        batch_op.create_index("ix_communication_list", ["state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_communication_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_communication_request_id"), ["request_id"], unique=False
        )

    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("adapter", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["communication_id"],
            ["communication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("communication_id", "number"),
    )
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_attempt_communication_id"), ["communication_id"], unique=False
        )

    op.create_table(
        "status_update",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("event_key", sa.String(200), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("bad_contact_point", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["communication_id"],
            ["communication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "event_key"),
    )
    with op.batch_alter_table("status_update", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_status_update_communication_id"), ["communication_id"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("status_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_update_communication_id"))

    op.drop_table("status_update")
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_attempt_communication_id"))

    op.drop_table("delivery_attempt")
    with op.batch_alter_table("communication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_communication_request_id"))
        batch_op.drop_index(batch_op.f("ix_communication_person_id"))
        batch_op.drop_index("ix_communication_list")

    op.drop_table("communication")
    with op.batch_alter_table("callback_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_callback_delivery_lane")
        batch_op.drop_index("ix_callback_delivery_due")

    op.drop_table("callback_delivery")
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suppression_person_id"))

    op.drop_table("suppression")
    op.drop_table("preference")
    with op.batch_alter_table("instance_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_step_instance_id"))

    op.drop_table("instance_step")
    with op.batch_alter_table("instance_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_event_instance_id"))

    op.drop_table("instance_event")
    with op.batch_alter_table("event_watch", schema=None) as batch_op:
        batch_op.drop_index("ix_event_watch_match")
        batch_op.drop_index(batch_op.f("ix_event_watch_instance_id"))

    op.drop_table("event_watch")
    with op.batch_alter_table("event_effect", schema=None) as batch_op:
        batch_op.drop_index("ix_event_effect_volume")
        batch_op.drop_index(batch_op.f("ix_event_effect_created_id"))

    op.drop_table("event_effect")
    with op.batch_alter_table("emergency_publication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_emergency_publication_review_due"))

    op.drop_table("emergency_publication")
    with op.batch_alter_table("definition_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_definition_use_code"))

    op.drop_table("definition_use")
    with op.batch_alter_table("decision_verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_verdict_request_id"))

    op.drop_table("decision_verdict")
    op.drop_table("data_snapshot")
    with op.batch_alter_table("contact_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_point_person_id"))

    op.drop_table("contact_point")
    op.drop_table("consent")
    with op.batch_alter_table("callback_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_subscription_system_code"))

    op.drop_table("callback_subscription")
    op.drop_table("approval_verdict")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_system_code"))

    op.drop_table("api_key")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_holder_id"))

    op.drop_table("account")
    with op.batch_alter_table("workflow_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_workflow_instance_process")
        batch_op.drop_index(batch_op.f("ix_workflow_instance_person_id"))
        batch_op.drop_index(batch_op.f("ix_workflow_instance_parent_id"))
        batch_op.drop_index("ix_workflow_instance_list")

    op.drop_table("workflow_instance")
    op.drop_table("trigger_switch")
    with op.batch_alter_table("to_do", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_to_do_queue",
            sqlite_where=sa.text("free_at IS NOT NULL"),
            postgresql_where=sa.text("free_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_to_do_person")
        batch_op.drop_index("ix_to_do_owner")

    op.drop_table("to_do")
    with op.batch_alter_table("system_event", schema=None) as batch_op:
        batch_op.drop_index("ix_system_event_type")
        batch_op.drop_index(batch_op.f("ix_system_event_person_key"))
        batch_op.drop_index("ix_system_event_list")
        batch_op.drop_index(batch_op.f("ix_system_event_due_at"))
        batch_op.drop_index(batch_op.f("ix_system_event_account_key"))

    op.drop_table("system_event")
    with op.batch_alter_table("stored_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_document_hash"))
        batch_op.drop_index(batch_op.f("ix_stored_document_communication_id"))

    op.drop_table("stored_document")
    op.drop_table("release_bundle")
    op.drop_table("person")
    with op.batch_alter_table("outbox_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_entry_subject"))
        batch_op.drop_index(batch_op.f("ix_outbox_entry_due_at"))

    op.drop_table("outbox_entry")
    op.drop_table("once_guard")
    with op.batch_alter_table("hook_call", schema=None) as batch_op:
        batch_op.drop_index("ix_hook_call_hook")

    op.drop_table("hook_call")
    op.drop_table("duplicate_guard")
    op.drop_table("document_buffer")
    with op.batch_alter_table("definition_version", schema=None) as batch_op:
        batch_op.drop_index("ix_definition_version_state")
        batch_op.drop_index(
            "ix_definition_version_scheduled",
            sqlite_where=sa.text("state IN ('scheduled')"),
            postgresql_where=sa.text("state IN ('scheduled')"),
        )
        batch_op.drop_index(batch_op.f("ix_definition_version_release_id"))
        batch_op.drop_index(
            "ix_definition_version_open",
            sqlite_where=sa.text("state IN ('draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('draft', 'in_review')"),
        )
        batch_op.drop_index(
            "ix_definition_version_in_force",
            sqlite_where=sa.text("state IN ('live', 'suspended')"),
            postgresql_where=sa.text("state IN ('live', 'suspended')"),
        )

    op.drop_table("definition_version")
    op.drop_table("definition_hold")
    op.drop_table("core_system")
    op.drop_table("content_text")
    op.drop_table("content_blob")
    with op.batch_alter_table("communication_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_communication_request_trigger_id"))
        batch_op.drop_index(batch_op.f("ix_communication_request_person_id"))
        batch_op.drop_index("ix_communication_request_list")
        batch_op.drop_index(batch_op.f("ix_communication_request_instance_id"))
        batch_op.drop_index("ix_communication_request_definition")
        batch_op.drop_index(batch_op.f("ix_communication_request_copy_of"))

    op.drop_table("communication_request")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_object")
        batch_op.drop_index(
            "ix_audit_entry_came_in",
            sqlite_where=sa.text(
                "action IN ('request.received', 'communication.created', 'event.received')"
            ),
            postgresql_where=sa.text(
                "action IN ('request.received', 'communication.created', 'event.received')"
            ),
        )

    op.drop_table("audit_entry")
    op.drop_table("agent_skill")
