"""The lobby: devices, rooms, visits and the mail room

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


# What the database itself refuses (fastoffice.guards as it was at this revision).
GUARDS = {
    'sqlite': [
        "CREATE TRIGGER guard_hours_entry_update BEFORE UPDATE ON hours_entry BEGIN SELECT RAISE(ABORT, 'hours_entry is append-only'); END",
        "CREATE TRIGGER guard_hours_entry_delete BEFORE DELETE ON hours_entry BEGIN SELECT RAISE(ABORT, 'hours_entry is append-only'); END",
        "CREATE TRIGGER guard_house_rules_update BEFORE UPDATE ON house_rules WHEN (OLD.branch_id IS NOT NEW.branch_id OR OLD.kind IS NOT NEW.kind OR OLD.number IS NOT NEW.number OR OLD.texts IS NOT NEW.texts OR OLD.created_at IS NOT NEW.created_at) BEGIN SELECT RAISE(ABORT, 'rules that were signed never change'); END",
        "CREATE TRIGGER guard_house_rules_delete BEFORE DELETE ON house_rules BEGIN SELECT RAISE(ABORT, 'rules that were signed are never deleted'); END",
        "CREATE TRIGGER guard_rules_signature_update BEFORE UPDATE ON rules_signature WHEN (OLD.branch_id IS NOT NEW.branch_id OR OLD.visit_id IS NOT NEW.visit_id OR OLD.house_rules_id IS NOT NEW.house_rules_id OR OLD.text IS NOT NEW.text OR OLD.signed_at IS NOT NEW.signed_at OR OLD.signature_sha256 IS NOT NEW.signature_sha256) BEGIN SELECT RAISE(ABORT, 'a signature never changes'); END",
        "CREATE TRIGGER guard_legal_notice_update BEFORE UPDATE ON legal_notice WHEN (OLD.branch_id IS NOT NEW.branch_id OR OLD.visit_id IS NOT NEW.visit_id OR OLD.client_id IS NOT NEW.client_id OR OLD.authority IS NOT NEW.authority OR OLD.official_name IS NOT NEW.official_name OR OLD.official_id IS NOT NEW.official_id OR OLD.document_number IS NOT NEW.document_number OR OLD.subject IS NOT NEW.subject OR OLD.notes IS NOT NEW.notes OR OLD.document_sha256 IS NOT NEW.document_sha256 OR OLD.received_at IS NOT NEW.received_at OR OLD.received_by IS NOT NEW.received_by) BEGIN SELECT RAISE(ABORT, 'a legal notice never changes'); END",
        "CREATE TRIGGER guard_legal_notice_delete BEFORE DELETE ON legal_notice BEGIN SELECT RAISE(ABORT, 'a legal notice is never deleted'); END",
        "CREATE TRIGGER guard_mail_handover_update BEFORE UPDATE ON mail_handover WHEN (OLD.branch_id IS NOT NEW.branch_id OR OLD.client_id IS NOT NEW.client_id OR OLD.nominee_id IS NOT NEW.nominee_id OR OLD.taken_by IS NOT NEW.taken_by OR OLD.is_named IS NOT NEW.is_named OR OLD.authorised_by IS NOT NEW.authorised_by OR OLD.proof IS NOT NEW.proof OR OLD.signature_sha256 IS NOT NEW.signature_sha256 OR OLD.items IS NOT NEW.items OR OLD.handed_at IS NOT NEW.handed_at OR OLD.handed_by IS NOT NEW.handed_by OR OLD.undo_until IS NOT NEW.undo_until) BEGIN SELECT RAISE(ABORT, 'who took what never changes'); END",
        "CREATE TRIGGER guard_mail_handover_delete BEFORE DELETE ON mail_handover BEGIN SELECT RAISE(ABORT, 'a hand-over is taken back, never deleted'); END",
        "CREATE TRIGGER booking_space_overlap_insert BEFORE INSERT ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
        "CREATE TRIGGER booking_space_overlap_update BEFORE UPDATE ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at AND other.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
    ],
    'postgresql': [
        "CREATE OR REPLACE FUNCTION guard_hours_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hours_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_hours_entry_update BEFORE UPDATE ON hours_entry FOR EACH ROW EXECUTE FUNCTION guard_hours_entry_update()',
        "CREATE OR REPLACE FUNCTION guard_hours_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hours_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_hours_entry_delete BEFORE DELETE ON hours_entry FOR EACH ROW EXECUTE FUNCTION guard_hours_entry_delete()',
        "CREATE OR REPLACE FUNCTION guard_house_rules_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rules that were signed never change' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_house_rules_update BEFORE UPDATE ON house_rules FOR EACH ROW WHEN ((OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.number IS DISTINCT FROM NEW.number OR OLD.texts::text IS DISTINCT FROM NEW.texts::text OR OLD.created_at IS DISTINCT FROM NEW.created_at)) EXECUTE FUNCTION guard_house_rules_update()',
        "CREATE OR REPLACE FUNCTION guard_house_rules_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rules that were signed are never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_house_rules_delete BEFORE DELETE ON house_rules FOR EACH ROW EXECUTE FUNCTION guard_house_rules_delete()',
        "CREATE OR REPLACE FUNCTION guard_rules_signature_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a signature never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_rules_signature_update BEFORE UPDATE ON rules_signature FOR EACH ROW WHEN ((OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.visit_id IS DISTINCT FROM NEW.visit_id OR OLD.house_rules_id IS DISTINCT FROM NEW.house_rules_id OR OLD.text IS DISTINCT FROM NEW.text OR OLD.signed_at IS DISTINCT FROM NEW.signed_at OR OLD.signature_sha256 IS DISTINCT FROM NEW.signature_sha256)) EXECUTE FUNCTION guard_rules_signature_update()',
        "CREATE OR REPLACE FUNCTION guard_legal_notice_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a legal notice never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_legal_notice_update BEFORE UPDATE ON legal_notice FOR EACH ROW WHEN ((OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.visit_id IS DISTINCT FROM NEW.visit_id OR OLD.client_id IS DISTINCT FROM NEW.client_id OR OLD.authority IS DISTINCT FROM NEW.authority OR OLD.official_name IS DISTINCT FROM NEW.official_name OR OLD.official_id IS DISTINCT FROM NEW.official_id OR OLD.document_number IS DISTINCT FROM NEW.document_number OR OLD.subject IS DISTINCT FROM NEW.subject OR OLD.notes IS DISTINCT FROM NEW.notes OR OLD.document_sha256 IS DISTINCT FROM NEW.document_sha256 OR OLD.received_at IS DISTINCT FROM NEW.received_at OR OLD.received_by IS DISTINCT FROM NEW.received_by)) EXECUTE FUNCTION guard_legal_notice_update()',
        "CREATE OR REPLACE FUNCTION guard_legal_notice_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a legal notice is never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_legal_notice_delete BEFORE DELETE ON legal_notice FOR EACH ROW EXECUTE FUNCTION guard_legal_notice_delete()',
        "CREATE OR REPLACE FUNCTION guard_mail_handover_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'who took what never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_mail_handover_update BEFORE UPDATE ON mail_handover FOR EACH ROW WHEN ((OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.client_id IS DISTINCT FROM NEW.client_id OR OLD.nominee_id IS DISTINCT FROM NEW.nominee_id OR OLD.taken_by IS DISTINCT FROM NEW.taken_by OR OLD.is_named IS DISTINCT FROM NEW.is_named OR OLD.authorised_by IS DISTINCT FROM NEW.authorised_by OR OLD.proof IS DISTINCT FROM NEW.proof OR OLD.signature_sha256 IS DISTINCT FROM NEW.signature_sha256 OR OLD.items::text IS DISTINCT FROM NEW.items::text OR OLD.handed_at IS DISTINCT FROM NEW.handed_at OR OLD.handed_by IS DISTINCT FROM NEW.handed_by OR OLD.undo_until IS DISTINCT FROM NEW.undo_until)) EXECUTE FUNCTION guard_mail_handover_update()',
        "CREATE OR REPLACE FUNCTION guard_mail_handover_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a hand-over is taken back, never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_mail_handover_delete BEFORE DELETE ON mail_handover FOR EACH ROW EXECUTE FUNCTION guard_mail_handover_delete()',
        "ALTER TABLE booking_space ADD CONSTRAINT booking_space_overlap EXCLUDE USING gist (int8range(resource_id, resource_id, '[]') WITH &&, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (active)",
    ],
}
UNGUARD = [
    'DROP FUNCTION IF EXISTS guard_hours_entry_update()',
    'DROP FUNCTION IF EXISTS guard_hours_entry_delete()',
    'DROP FUNCTION IF EXISTS guard_house_rules_update()',
    'DROP FUNCTION IF EXISTS guard_house_rules_delete()',
    'DROP FUNCTION IF EXISTS guard_rules_signature_update()',
    'DROP FUNCTION IF EXISTS guard_legal_notice_update()',
    'DROP FUNCTION IF EXISTS guard_legal_notice_delete()',
    'DROP FUNCTION IF EXISTS guard_mail_handover_update()',
    'DROP FUNCTION IF EXISTS guard_mail_handover_delete()',
]


def upgrade() -> None:
    op.create_table('block_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_key', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_block_entry_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_block_entry'))
    )
    with op.batch_alter_table('block_entry', schema=None) as batch_op:
        batch_op.create_index('ix_block_entry_name', ['branch_id', 'name_key'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('booking_policy',
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('free_cancel_hours', sa.Integer(), nullable=False),
    sa.Column('late_fee_percent', sa.Integer(), nullable=False),
    sa.Column('no_show_minutes', sa.Integer(), nullable=False),
    sa.Column('hold_minutes', sa.Integer(), nullable=False),
    sa.Column('offer_minutes', sa.Integer(), nullable=False),
    sa.Column('ahead_days', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('late_fee_percent BETWEEN 0 AND 100', name=op.f('ck_booking_policy_late_fee')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_booking_policy_branch_id')),
    sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_booking_policy'))
    )
    op.create_table('booking_series',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('frequency', sa.String(length=8), nullable=False),
    sa.Column('every', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_booking_series_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_series')),
    sa.UniqueConstraint('request_key', name=op.f('uq_booking_series_request_key'))
    )
    op.create_table('device',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('list_salt', sa.String(length=32), nullable=False),
    sa.Column('list_key', sa.String(length=64), nullable=False),
    sa.Column('paired_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paired_by', sa.String(length=120), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=120), nullable=False),
    sa.CheckConstraint("kind IN ('kiosk','panel')", name=op.f('ck_device_kind')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_device_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash'))
    )
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.create_index('ix_device_branch', ['branch_id', 'id'], unique=False)

    op.create_table('house_rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('visit_kinds', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('rules','nda')", name=op.f('ck_house_rules_kind')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_house_rules_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_house_rules')),
    sa.UniqueConstraint('branch_id', 'kind', 'number', name=op.f('uq_house_rules_branch_id_kind_number'))
    )
    op.create_table('mail_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_batch_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_batch'))
    )
    with op.batch_alter_table('mail_batch', schema=None) as batch_op:
        batch_op.create_index('ix_mail_batch_due', ['last_at'], unique=False, sqlite_where=sa.text('announced_at IS NULL'), postgresql_where=sa.text('announced_at IS NULL'))
        batch_op.create_index('uq_mail_batch_open', ['branch_id'], unique=True, sqlite_where=sa.text('announced_at IS NULL'), postgresql_where=sa.text('announced_at IS NULL'))

    op.create_table('mail_policy',
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('free_days', sa.Integer(), nullable=False),
    sa.Column('fee_per_day', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reminder_days', sa.JSON(), nullable=False),
    sa.Column('reminder_at', sa.Time(), nullable=False),
    sa.Column('hold_days', sa.Integer(), nullable=False),
    sa.Column('price_forward', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('price_scan', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('price_hold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('price_destroy', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('photo_days', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('fee_per_day >= 0 AND price_forward >= 0 AND price_scan >= 0 AND price_hold >= 0 AND price_destroy >= 0', name=op.f('ck_mail_policy_prices')),
    sa.CheckConstraint('free_days BETWEEN 0 AND 365', name=op.f('ck_mail_policy_free_days')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_policy_branch_id')),
    sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_mail_policy'))
    )
    op.create_table('pairing_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('list_salt', sa.String(length=32), nullable=False),
    sa.Column('list_key', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_pairing_code_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairing_code')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_pairing_code_code_hash'))
    )
    with op.batch_alter_table('pairing_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pairing_code_expires_at'), ['expires_at'], unique=False)

    op.create_table('visit_policy',
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('closes_at', sa.Time(), nullable=False),
    sa.Column('asks_photo', sa.Boolean(), nullable=False),
    sa.Column('prints_badge', sa.Boolean(), nullable=False),
    sa.Column('privacy_notice', sa.Text(), nullable=False),
    sa.Column('retention', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_visit_policy_branch_id')),
    sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_visit_policy'))
    )
    op.create_table('visitor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_key', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('company', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_visitor_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visitor')),
    sa.UniqueConstraint('branch_id', 'contact_key', name=op.f('uq_visitor_branch_id_contact_key'))
    )
    with op.batch_alter_table('visitor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visitor_last_seen_at'), ['last_seen_at'], unique=False)

    op.create_table('mail_alias',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('alias', sa.String(length=200), nullable=False),
    sa.Column('alias_key', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_alias_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_alias_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_alias')),
    sa.UniqueConstraint('branch_id', 'alias_key', name=op.f('uq_mail_alias_branch_id_alias_key'))
    )
    with op.batch_alter_table('mail_alias', schema=None) as batch_op:
        batch_op.create_index('ix_mail_alias_client', ['client_id'], unique=False)

    op.create_table('mail_nominee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_key', sa.String(length=120), nullable=False),
    sa.Column('pin_hash', sa.String(length=255), nullable=False),
    sa.Column('pin_failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_nominee_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_nominee_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_nominee'))
    )
    with op.batch_alter_table('mail_nominee', schema=None) as batch_op:
        batch_op.create_index('uq_mail_nominee_name', ['client_id', 'name_key'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('mail_sheet',
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('greeting', sa.String(length=300), nullable=False),
    sa.Column('pass_to', sa.Text(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_sheet_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_sheet_client_id')),
    sa.PrimaryKeyConstraint('client_id', name=op.f('pk_mail_sheet'))
    )
    op.create_table('resource',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('equipment', sa.JSON(), nullable=False),
    sa.Column('photo_sha256', sa.String(length=64), nullable=True),
    sa.Column('opening', sa.JSON(), nullable=False),
    sa.Column('open_on_holidays', sa.Boolean(), nullable=False),
    sa.Column('buffer_before', sa.Integer(), nullable=False),
    sa.Column('buffer_after', sa.Integer(), nullable=False),
    sa.Column('min_minutes', sa.Integer(), nullable=False),
    sa.Column('max_minutes', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('needs_approval', sa.Boolean(), nullable=False),
    sa.Column('for_guests', sa.Boolean(), nullable=False),
    sa.Column('check_in', sa.Boolean(), nullable=False),
    sa.Column('uses_hours', sa.Boolean(), nullable=False),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('rate', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('buffer_before >= 0 AND buffer_after >= 0', name=op.f('ck_resource_buffers')),
    sa.CheckConstraint('rate >= 0 AND capacity > 0', name=op.f('ck_resource_numbers')),
    sa.CheckConstraint('step > 0 AND min_minutes > 0 AND max_minutes >= min_minutes', name=op.f('ck_resource_lengths')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_resource_branch_id')),
    sa.ForeignKeyConstraint(['tax_profile_id'], ['tax_profile.id'], name=op.f('fk_resource_tax_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource')),
    sa.UniqueConstraint('branch_id', 'name', name=op.f('uq_resource_branch_id_name'))
    )
    op.create_table('blackout',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_blackout_span')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_blackout_branch_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_blackout_resource_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blackout'))
    )
    with op.batch_alter_table('blackout', schema=None) as batch_op:
        batch_op.create_index('ix_blackout_branch_time', ['branch_id', 'ends_at'], unique=False)

    op.create_table('booking',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('series_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contract_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('guest_name', sa.String(length=120), nullable=False),
    sa.Column('guest_email', sa.String(length=254), nullable=False),
    sa.Column('guest_phone', sa.String(length=40), nullable=False),
    sa.Column('organiser_name', sa.String(length=120), nullable=False),
    sa.Column('organiser_email', sa.String(length=254), nullable=False),
    sa.Column('attendees', sa.JSON(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('private', sa.Boolean(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('local_start', sa.String(length=16), nullable=False),
    sa.Column('local_end', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('included', sa.Integer(), nullable=False),
    sa.Column('rate', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subtotal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('owed', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hours_kept', sa.Integer(), nullable=False),
    sa.Column('charge_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('charged', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=80), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('request_key', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_booking_span')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_booking_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_booking_client_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_booking_contract_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_booking_resource_id')),
    sa.ForeignKeyConstraint(['series_id'], ['booking_series.id'], name=op.f('fk_booking_series_id')),
    sa.ForeignKeyConstraint(['tax_profile_id'], ['tax_profile.id'], name=op.f('fk_booking_tax_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_booking_branch_id_request_key')),
    sa.UniqueConstraint('uid', name=op.f('uq_booking_uid'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index('ix_booking_branch_time', ['branch_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_booking_client_time', ['client_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_organiser_email'), ['organiser_email'], unique=False)
        batch_op.create_index('ix_booking_resource_time', ['resource_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_series_id'), ['series_id'], unique=False)
        batch_op.create_index('ix_booking_state_time', ['branch_id', 'state', 'starts_at'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(resource_id IS NULL) <> (client_id IS NULL)', name=op.f('ck_calendar_feed_owner')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_calendar_feed_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_calendar_feed_client_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_calendar_feed_resource_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index('ix_calendar_feed_owner', ['branch_id', 'resource_id', 'client_id'], unique=False)

    op.create_table('host_setting',
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('second_contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('away_from', sa.Date(), nullable=True),
    sa.Column('away_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_host_setting_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_host_setting_client_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_contact_id'], ['client_contact.id'], name=op.f('fk_host_setting_first_contact_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['second_contact_id'], ['client_contact.id'], name=op.f('fk_host_setting_second_contact_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('client_id', name=op.f('pk_host_setting'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('visitor_name', sa.String(length=120), nullable=False),
    sa.Column('company', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('expected','arrived','cancelled')", name=op.f('ck_invitation_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_invitation_times')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_invitation_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_invitation_client_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], name=op.f('fk_invitation_contact_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_invitation_branch_id_request_key')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitation_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index('ix_invitation_client', ['client_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_invitation_expected', ['branch_id', 'starts_at'], unique=False, sqlite_where=sa.text("state = 'expected'"), postgresql_where=sa.text("state = 'expected'"))

    op.create_table('mail_handover',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nominee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('taken_by', sa.String(length=120), nullable=False),
    sa.Column('is_named', sa.Boolean(), nullable=False),
    sa.Column('authorised_by', sa.String(length=120), nullable=False),
    sa.Column('proof', sa.String(length=10), nullable=False),
    sa.Column('signature_sha256', sa.String(length=64), nullable=True),
    sa.Column('items', sa.JSON(), nullable=False),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_by', sa.String(length=120), nullable=False),
    sa.Column('undo_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=120), nullable=True),
    sa.CheckConstraint("is_named OR authorised_by <> ''", name=op.f('ck_mail_handover_authorised')),
    sa.CheckConstraint("proof IN ('signature','pin')", name=op.f('ck_mail_handover_proof')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_handover_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_handover_client_id')),
    sa.ForeignKeyConstraint(['nominee_id'], ['mail_nominee.id'], name=op.f('fk_mail_handover_nominee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_handover')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_mail_handover_branch_id_request_key'))
    )
    with op.batch_alter_table('mail_handover', schema=None) as batch_op:
        batch_op.create_index('ix_mail_handover_client', ['client_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_handover_nominee_id'), ['nominee_id'], unique=False)

    op.create_table('resource_part',
    sa.Column('whole_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('part_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_resource_part_branch_id')),
    sa.ForeignKeyConstraint(['part_id'], ['resource.id'], name=op.f('fk_resource_part_part_id')),
    sa.ForeignKeyConstraint(['whole_id'], ['resource.id'], name=op.f('fk_resource_part_whole_id')),
    sa.PrimaryKeyConstraint('whole_id', 'part_id', name=op.f('pk_resource_part'))
    )
    with op.batch_alter_table('resource_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_resource_part_part_id'), ['part_id'], unique=False)

    op.create_table('resource_rate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('basis', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_key', sa.String(length=200), nullable=False),
    sa.Column('rate', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('rate >= 0', name=op.f('ck_resource_rate_rate')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_resource_rate_branch_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_rate_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_rate')),
    sa.UniqueConstraint('resource_id', 'basis', 'name_key', name=op.f('uq_resource_rate_resource_id_basis_name_key'))
    )
    op.create_table('booking_space',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_booking_space_span')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_booking_space_booking_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_booking_space_branch_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_booking_space_resource_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_space'))
    )
    with op.batch_alter_table('booking_space', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_space_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index('ix_booking_space_resource_time', ['resource_id', 'active', 'ends_at'], unique=False)

    op.create_table('hours_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contract_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('noted_by', sa.String(length=120), nullable=False),
    sa.CheckConstraint("(kind IN ('granted', 'given_back')) = (minutes > 0)", name=op.f('ck_hours_entry_sign')),
    sa.CheckConstraint('minutes <> 0', name=op.f('ck_hours_entry_minutes')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_hours_entry_booking_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_hours_entry_branch_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_hours_entry_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hours_entry')),
    sa.UniqueConstraint('contract_id', 'month', 'source', name=op.f('uq_hours_entry_contract_id_month_source'))
    )
    with op.batch_alter_table('hours_entry', schema=None) as batch_op:
        batch_op.create_index('ix_hours_entry_booking', ['booking_id'], unique=False)

    op.create_table('mail_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('state_before', sa.String(length=12), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('handover_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('addressee', sa.String(length=200), nullable=False),
    sa.Column('sender', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('carrier', sa.String(length=60), nullable=False),
    sa.Column('tracking', sa.String(length=60), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('photo_sha256', sa.String(length=64), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_by', sa.String(length=120), nullable=False),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=120), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('handed_over','forwarded','destroyed','returned','undone')) = (closed_at IS NOT NULL) OR kind IN ('call','message')", name=op.f('ck_mail_item_closed')),
    sa.CheckConstraint("kind IN ('parcel','letter','courier','call','message')", name=op.f('ck_mail_item_kind')),
    sa.CheckConstraint("state IN ('received','notified','scanned','held','handed_over','forwarded','destroyed','returned','undone')", name=op.f('ck_mail_item_state')),
    sa.ForeignKeyConstraint(['batch_id'], ['mail_batch.id'], name=op.f('fk_mail_item_batch_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_item_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_item_client_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], name=op.f('fk_mail_item_contact_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['handover_id'], ['mail_handover.id'], name=op.f('fk_mail_item_handover_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_item')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_mail_item_branch_id_request_key'))
    )
    with op.batch_alter_table('mail_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_item_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index('ix_mail_item_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_mail_item_client', ['client_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_item_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index('ix_mail_item_here', ['branch_id', 'client_id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index('ix_mail_item_photo', ['branch_id', 'closed_at'], unique=False, sqlite_where=sa.text('photo_sha256 IS NOT NULL'), postgresql_where=sa.text('photo_sha256 IS NOT NULL'))
        batch_op.create_index('ix_mail_item_remind', ['remind_at'], unique=False, sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
        batch_op.create_index('uq_mail_item_tracking', ['branch_id', 'tracking'], unique=True, sqlite_where=sa.text("tracking <> '' AND closed_at IS NULL"), postgresql_where=sa.text("tracking <> '' AND closed_at IS NULL"))

    op.create_table('visit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('host_text', sa.String(length=200), nullable=False),
    sa.Column('invitation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('visitor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('visitor_name', sa.String(length=120), nullable=False),
    sa.Column('company', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('photo_sha256', sa.String(length=64), nullable=True),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.Column('badge_nonce', sa.String(length=32), nullable=False),
    sa.Column('badge_hash', sa.String(length=64), nullable=False),
    sa.Column('signed_in_by', sa.String(length=10), nullable=False),
    sa.Column('registered_by', sa.String(length=120), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('escalate_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(length=120), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_by', sa.String(length=10), nullable=True),
    sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'out') = (left_at IS NOT NULL)", name=op.f('ck_visit_left_at')),
    sa.CheckConstraint("kind IN ('visit','interview','supplier','delivery','authority')", name=op.f('ck_visit_kind')),
    sa.CheckConstraint("state IN ('waiting','coming','wait','refused','in','out')", name=op.f('ck_visit_state')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_visit_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_visit_client_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], name=op.f('fk_visit_contact_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_visit_invitation_id')),
    sa.ForeignKeyConstraint(['visitor_id'], ['visitor.id'], name=op.f('fk_visit_visitor_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('branch_id', 'badge_hash', name=op.f('uq_visit_branch_id_badge_hash')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_visit_branch_id_request_key'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_branch_arrived', ['branch_id', 'arrived_at', 'id'], unique=False)
        batch_op.create_index('ix_visit_client', ['client_id', 'arrived_at'], unique=False)
        batch_op.create_index('ix_visit_escalate', ['escalate_at'], unique=False, sqlite_where=sa.text('escalate_at IS NOT NULL'), postgresql_where=sa.text('escalate_at IS NOT NULL'))
        batch_op.create_index('ix_visit_inside', ['branch_id', 'closes_at'], unique=False, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_visit_invitation_id'), ['invitation_id'], unique=False)
        batch_op.create_index('ix_visit_known', ['branch_id', 'kind', 'arrived_at'], unique=False, sqlite_where=sa.text('forgotten_at IS NULL'), postgresql_where=sa.text('forgotten_at IS NULL'))
        batch_op.create_index('ix_visit_photo', ['branch_id', 'arrived_at'], unique=False, sqlite_where=sa.text('photo_sha256 IS NOT NULL'), postgresql_where=sa.text('photo_sha256 IS NOT NULL'))
        batch_op.create_index('ix_visit_visitor', ['visitor_id'], unique=False)

    op.create_table('waiting_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('request_key', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_waiting_entry_booking_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_waiting_entry_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_waiting_entry_client_id')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_waiting_entry_resource_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_entry')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_waiting_entry_branch_id_request_key'))
    )
    with op.batch_alter_table('waiting_entry', schema=None) as batch_op:
        batch_op.create_index('ix_waiting_entry_state', ['branch_id', 'state', 'id'], unique=False)

    op.create_table('host_call',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_host_call_branch_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_host_call_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_host_call')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_host_call_token_hash')),
    sa.UniqueConstraint('visit_id', 'contact_id', 'step', name=op.f('uq_host_call_visit_id_contact_id_step'))
    )
    op.create_table('legal_notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority', sa.String(length=160), nullable=False),
    sa.Column('official_name', sa.String(length=120), nullable=False),
    sa.Column('official_id', sa.String(length=80), nullable=False),
    sa.Column('document_number', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('document_sha256', sa.String(length=64), nullable=False),
    sa.Column('document_type', sa.String(length=60), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_by', sa.String(length=120), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_by', sa.String(length=120), nullable=False),
    sa.Column('read_from', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_legal_notice_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_legal_notice_client_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_legal_notice_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_notice')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_legal_notice_token_hash')),
    sa.UniqueConstraint('visit_id', name=op.f('uq_legal_notice_visit_id'))
    )
    with op.batch_alter_table('legal_notice', schema=None) as batch_op:
        batch_op.create_index('ix_legal_notice_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_legal_notice_client', ['client_id', 'id'], unique=False)

    op.create_table('mail_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('price', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(length=120), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=120), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('file_sha256', sa.String(length=64), nullable=True),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.CheckConstraint("kind IN ('forward','scan','hold','destroy')", name=op.f('ck_mail_request_kind')),
    sa.CheckConstraint("state IN ('asked','done','refused','withdrawn')", name=op.f('ck_mail_request_state')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_mail_request_price')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_mail_request_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_mail_request_client_id')),
    sa.ForeignKeyConstraint(['item_id'], ['mail_item.id'], name=op.f('fk_mail_request_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_request')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_mail_request_branch_id_request_key'))
    )
    with op.batch_alter_table('mail_request', schema=None) as batch_op:
        batch_op.create_index('ix_mail_request_asked', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index('ix_mail_request_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_mail_request_item', ['item_id', 'id'], unique=False)
        batch_op.create_index('uq_mail_request_open', ['item_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('reception_call',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('request_key', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attended_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_reception_call_branch_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_reception_call_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reception_call')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_reception_call_branch_id_request_key'))
    )
    with op.batch_alter_table('reception_call', schema=None) as batch_op:
        batch_op.create_index('ix_reception_call_open', ['branch_id', 'id'], unique=False, sqlite_where=sa.text('attended_at IS NULL'), postgresql_where=sa.text('attended_at IS NULL'))

    op.create_table('rules_signature',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('house_rules_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_key', sa.String(length=254), nullable=False),
    sa.Column('signed_name', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('signature_sha256', sa.String(length=64), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_rules_signature_branch_id')),
    sa.ForeignKeyConstraint(['house_rules_id'], ['house_rules.id'], name=op.f('fk_rules_signature_house_rules_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_rules_signature_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rules_signature')),
    sa.UniqueConstraint('visit_id', 'house_rules_id', name=op.f('uq_rules_signature_visit_id_house_rules_id'))
    )
    with op.batch_alter_table('rules_signature', schema=None) as batch_op:
        batch_op.create_index('ix_rules_signature_contact', ['branch_id', 'contact_key', 'house_rules_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rules_signature_house_rules_id'), ['house_rules_id'], unique=False)

    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('rules_signature', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rules_signature_house_rules_id'))
        batch_op.drop_index('ix_rules_signature_contact')

    op.drop_table('rules_signature')
    with op.batch_alter_table('reception_call', schema=None) as batch_op:
        batch_op.drop_index('ix_reception_call_open', sqlite_where=sa.text('attended_at IS NULL'), postgresql_where=sa.text('attended_at IS NULL'))

    op.drop_table('reception_call')
    with op.batch_alter_table('mail_request', schema=None) as batch_op:
        batch_op.drop_index('uq_mail_request_open', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index('ix_mail_request_item')
        batch_op.drop_index('ix_mail_request_client')
        batch_op.drop_index('ix_mail_request_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.drop_table('mail_request')
    with op.batch_alter_table('legal_notice', schema=None) as batch_op:
        batch_op.drop_index('ix_legal_notice_client')
        batch_op.drop_index('ix_legal_notice_branch')

    op.drop_table('legal_notice')
    op.drop_table('host_call')
    with op.batch_alter_table('waiting_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_waiting_entry_state')

    op.drop_table('waiting_entry')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_visitor')
        batch_op.drop_index('ix_visit_photo', sqlite_where=sa.text('photo_sha256 IS NOT NULL'), postgresql_where=sa.text('photo_sha256 IS NOT NULL'))
        batch_op.drop_index('ix_visit_known', sqlite_where=sa.text('forgotten_at IS NULL'), postgresql_where=sa.text('forgotten_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_visit_invitation_id'))
        batch_op.drop_index('ix_visit_inside', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
        batch_op.drop_index('ix_visit_escalate', sqlite_where=sa.text('escalate_at IS NOT NULL'), postgresql_where=sa.text('escalate_at IS NOT NULL'))
        batch_op.drop_index('ix_visit_client')
        batch_op.drop_index('ix_visit_branch_arrived')

    op.drop_table('visit')
    with op.batch_alter_table('mail_item', schema=None) as batch_op:
        batch_op.drop_index('uq_mail_item_tracking', sqlite_where=sa.text("tracking <> '' AND closed_at IS NULL"), postgresql_where=sa.text("tracking <> '' AND closed_at IS NULL"))
        batch_op.drop_index('ix_mail_item_remind', sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
        batch_op.drop_index('ix_mail_item_photo', sqlite_where=sa.text('photo_sha256 IS NOT NULL'), postgresql_where=sa.text('photo_sha256 IS NOT NULL'))
        batch_op.drop_index('ix_mail_item_here', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_mail_item_handover_id'))
        batch_op.drop_index('ix_mail_item_client')
        batch_op.drop_index('ix_mail_item_branch')
        batch_op.drop_index(batch_op.f('ix_mail_item_batch_id'))

    op.drop_table('mail_item')
    with op.batch_alter_table('hours_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_hours_entry_booking')

    op.drop_table('hours_entry')
    with op.batch_alter_table('booking_space', schema=None) as batch_op:
        batch_op.drop_index('ix_booking_space_resource_time')
        batch_op.drop_index(batch_op.f('ix_booking_space_booking_id'))

    op.drop_table('booking_space')
    op.drop_table('resource_rate')
    with op.batch_alter_table('resource_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_resource_part_part_id'))

    op.drop_table('resource_part')
    with op.batch_alter_table('mail_handover', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_handover_nominee_id'))
        batch_op.drop_index('ix_mail_handover_client')

    op.drop_table('mail_handover')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('ix_invitation_expected', sqlite_where=sa.text("state = 'expected'"), postgresql_where=sa.text("state = 'expected'"))
        batch_op.drop_index('ix_invitation_client')

    op.drop_table('invitation')
    op.drop_table('host_setting')
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.drop_index('ix_calendar_feed_owner')

    op.drop_table('calendar_feed')
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('ix_booking_state_time')
        batch_op.drop_index(batch_op.f('ix_booking_series_id'))
        batch_op.drop_index('ix_booking_resource_time')
        batch_op.drop_index(batch_op.f('ix_booking_organiser_email'))
        batch_op.drop_index('ix_booking_client_time')
        batch_op.drop_index('ix_booking_branch_time')

    op.drop_table('booking')
    with op.batch_alter_table('blackout', schema=None) as batch_op:
        batch_op.drop_index('ix_blackout_branch_time')

    op.drop_table('blackout')
    op.drop_table('resource')
    op.drop_table('mail_sheet')
    with op.batch_alter_table('mail_nominee', schema=None) as batch_op:
        batch_op.drop_index('uq_mail_nominee_name', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('mail_nominee')
    with op.batch_alter_table('mail_alias', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_alias_client')

    op.drop_table('mail_alias')
    with op.batch_alter_table('visitor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visitor_last_seen_at'))

    op.drop_table('visitor')
    op.drop_table('visit_policy')
    with op.batch_alter_table('pairing_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pairing_code_expires_at'))

    op.drop_table('pairing_code')
    op.drop_table('mail_policy')
    with op.batch_alter_table('mail_batch', schema=None) as batch_op:
        batch_op.drop_index('uq_mail_batch_open', sqlite_where=sa.text('announced_at IS NULL'), postgresql_where=sa.text('announced_at IS NULL'))
        batch_op.drop_index('ix_mail_batch_due', sqlite_where=sa.text('announced_at IS NULL'), postgresql_where=sa.text('announced_at IS NULL'))

    op.drop_table('mail_batch')
    op.drop_table('house_rules')
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_index('ix_device_branch')

    op.drop_table('device')
    op.drop_table('booking_series')
    op.drop_table('booking_policy')
    with op.batch_alter_table('block_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_block_entry_name', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('block_entry')
    if op.get_bind().dialect.name == 'postgresql':
        for statement in UNGUARD:
            op.execute(statement)
