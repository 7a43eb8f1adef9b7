"""Branches, people, clients, contracts, billing, payments, outbox, documents, audit

Revision ID: 0001
Revises: 
Create Date: 2026-11-21
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# What the database itself refuses (fastoffice.guards as it was at this revision).
GUARDS = {
    'sqlite': [
        "CREATE TRIGGER guard_posting_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END",
        "CREATE TRIGGER guard_posting_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END",
        "CREATE TRIGGER guard_journal_entry_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END",
        "CREATE TRIGGER guard_journal_entry_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END",
        "CREATE TRIGGER guard_audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
        "CREATE TRIGGER guard_audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
        "CREATE TRIGGER guard_receipt_update BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'receipt is append-only'); END",
        "CREATE TRIGGER guard_receipt_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'receipt is append-only'); END",
        "CREATE TRIGGER guard_refund_update BEFORE UPDATE ON refund BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END",
        "CREATE TRIGGER guard_refund_delete BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END",
        "CREATE TRIGGER guard_payment_delete BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, 'a payment is reversed, never deleted'); END",
        "CREATE TRIGGER guard_credit_delete BEFORE DELETE ON credit BEGIN SELECT RAISE(ABORT, 'a credit is reversed, never deleted'); END",
        "CREATE TRIGGER guard_allocation_delete BEFORE DELETE ON allocation BEGIN SELECT RAISE(ABORT, 'a allocation is reversed, never deleted'); END",
        "CREATE TRIGGER guard_invoice_update BEFORE UPDATE ON invoice WHEN OLD.status <> 'draft' AND (OLD.number IS NOT NEW.number OR OLD.series_id IS NOT NEW.series_id OR OLD.series_year IS NOT NEW.series_year OR OLD.sequence IS NOT NEW.sequence OR OLD.subtotal IS NOT NEW.subtotal OR OLD.tax IS NOT NEW.tax OR OLD.withheld IS NOT NEW.withheld OR OLD.total IS NOT NEW.total OR OLD.list_total IS NOT NEW.list_total OR OLD.client_id IS NOT NEW.client_id OR OLD.period IS NOT NEW.period OR OLD.due_on IS NOT NEW.due_on OR OLD.closes_at IS NOT NEW.closes_at OR OLD.issued_at IS NOT NEW.issued_at OR OLD.snapshot_id IS NOT NEW.snapshot_id OR OLD.client_data IS NOT NEW.client_data OR OLD.replaces_id IS NOT NEW.replaces_id OR NEW.status = 'draft') BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END",
        "CREATE TRIGGER guard_invoice_delete BEFORE DELETE ON invoice WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END",
        "CREATE TRIGGER guard_invoice_line_update BEFORE UPDATE ON invoice_line WHEN (SELECT status FROM invoice WHERE id = OLD.invoice_id) <> 'draft' AND (OLD.branch_id IS NOT NEW.branch_id OR OLD.invoice_id IS NOT NEW.invoice_id OR OLD.position IS NOT NEW.position OR OLD.kind IS NOT NEW.kind OR OLD.contract_line_id IS NOT NEW.contract_line_id OR OLD.charge_id IS NOT NEW.charge_id OR OLD.period IS NOT NEW.period OR OLD.description IS NOT NEW.description OR OLD.quantity_milli IS NOT NEW.quantity_milli OR OLD.days_billed IS NOT NEW.days_billed OR OLD.days_in_month IS NOT NEW.days_in_month OR OLD.prompt_unit IS NOT NEW.prompt_unit OR OLD.list_unit IS NOT NEW.list_unit OR OLD.unit IS NOT NEW.unit OR OLD.subtotal IS NOT NEW.subtotal OR OLD.tax IS NOT NEW.tax OR OLD.withheld IS NOT NEW.withheld OR OLD.list_subtotal IS NOT NEW.list_subtotal OR OLD.list_tax IS NOT NEW.list_tax OR OLD.list_withheld IS NOT NEW.list_withheld OR OLD.tax_name IS NOT NEW.tax_name OR OLD.vat_ppm IS NOT NEW.vat_ppm OR OLD.isr_withheld_ppm IS NOT NEW.isr_withheld_ppm OR OLD.vat_withheld_ppm IS NOT NEW.vat_withheld_ppm) BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END",
        "CREATE TRIGGER guard_invoice_line_delete BEFORE DELETE ON invoice_line WHEN (SELECT status FROM invoice WHERE id = OLD.invoice_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END",
    ],
    'postgresql': [
        "CREATE OR REPLACE FUNCTION guard_posting_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'posting is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_posting_update BEFORE UPDATE ON posting FOR EACH ROW EXECUTE FUNCTION guard_posting_update()',
        "CREATE OR REPLACE FUNCTION guard_posting_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'posting is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_posting_delete BEFORE DELETE ON posting FOR EACH ROW EXECUTE FUNCTION guard_posting_delete()',
        "CREATE OR REPLACE FUNCTION guard_journal_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_journal_entry_update BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION guard_journal_entry_update()',
        "CREATE OR REPLACE FUNCTION guard_journal_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_journal_entry_delete BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION guard_journal_entry_delete()',
        "CREATE OR REPLACE FUNCTION guard_audit_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_audit_entry_update BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION guard_audit_entry_update()',
        "CREATE OR REPLACE FUNCTION guard_audit_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_audit_entry_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION guard_audit_entry_delete()',
        "CREATE OR REPLACE FUNCTION guard_receipt_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'receipt is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_receipt_update BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION guard_receipt_update()',
        "CREATE OR REPLACE FUNCTION guard_receipt_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'receipt is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_receipt_delete BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION guard_receipt_delete()',
        "CREATE OR REPLACE FUNCTION guard_refund_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refund is append-only' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_refund_update BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION guard_refund_update()',
        "CREATE OR REPLACE FUNCTION guard_refund_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refund is append-only' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_refund_delete BEFORE DELETE ON refund FOR EACH ROW EXECUTE FUNCTION guard_refund_delete()',
        "CREATE OR REPLACE FUNCTION guard_payment_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a payment is reversed, never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_payment_delete BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION guard_payment_delete()',
        "CREATE OR REPLACE FUNCTION guard_credit_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a credit is reversed, never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_credit_delete BEFORE DELETE ON credit FOR EACH ROW EXECUTE FUNCTION guard_credit_delete()',
        "CREATE OR REPLACE FUNCTION guard_allocation_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a allocation is reversed, never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_allocation_delete BEFORE DELETE ON allocation FOR EACH ROW EXECUTE FUNCTION guard_allocation_delete()',
        "CREATE OR REPLACE FUNCTION guard_invoice_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        "CREATE TRIGGER guard_invoice_update BEFORE UPDATE ON invoice FOR EACH ROW WHEN (OLD.status <> 'draft' AND (OLD.number IS DISTINCT FROM NEW.number OR OLD.series_id IS DISTINCT FROM NEW.series_id OR OLD.series_year IS DISTINCT FROM NEW.series_year OR OLD.sequence IS DISTINCT FROM NEW.sequence OR OLD.subtotal IS DISTINCT FROM NEW.subtotal OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.withheld IS DISTINCT FROM NEW.withheld OR OLD.total IS DISTINCT FROM NEW.total OR OLD.list_total IS DISTINCT FROM NEW.list_total OR OLD.client_id IS DISTINCT FROM NEW.client_id OR OLD.period IS DISTINCT FROM NEW.period OR OLD.due_on IS DISTINCT FROM NEW.due_on OR OLD.closes_at IS DISTINCT FROM NEW.closes_at OR OLD.issued_at IS DISTINCT FROM NEW.issued_at OR OLD.snapshot_id IS DISTINCT FROM NEW.snapshot_id OR OLD.client_data::text IS DISTINCT FROM NEW.client_data::text OR OLD.replaces_id IS DISTINCT FROM NEW.replaces_id OR NEW.status = 'draft')) EXECUTE FUNCTION guard_invoice_update()",
        "CREATE OR REPLACE FUNCTION guard_invoice_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER guard_invoice_delete BEFORE DELETE ON invoice FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION guard_invoice_delete()",
        "CREATE OR REPLACE FUNCTION guard_invoice_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT status FROM invoice WHERE id = OLD.invoice_id) <> 'draft' AND (OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.invoice_id IS DISTINCT FROM NEW.invoice_id OR OLD.position IS DISTINCT FROM NEW.position OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.contract_line_id IS DISTINCT FROM NEW.contract_line_id OR OLD.charge_id IS DISTINCT FROM NEW.charge_id OR OLD.period IS DISTINCT FROM NEW.period OR OLD.description IS DISTINCT FROM NEW.description OR OLD.quantity_milli IS DISTINCT FROM NEW.quantity_milli OR OLD.days_billed IS DISTINCT FROM NEW.days_billed OR OLD.days_in_month IS DISTINCT FROM NEW.days_in_month OR OLD.prompt_unit IS DISTINCT FROM NEW.prompt_unit OR OLD.list_unit IS DISTINCT FROM NEW.list_unit OR OLD.unit IS DISTINCT FROM NEW.unit OR OLD.subtotal IS DISTINCT FROM NEW.subtotal OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.withheld IS DISTINCT FROM NEW.withheld OR OLD.list_subtotal IS DISTINCT FROM NEW.list_subtotal OR OLD.list_tax IS DISTINCT FROM NEW.list_tax OR OLD.list_withheld IS DISTINCT FROM NEW.list_withheld OR OLD.tax_name IS DISTINCT FROM NEW.tax_name OR OLD.vat_ppm IS DISTINCT FROM NEW.vat_ppm OR OLD.isr_withheld_ppm IS DISTINCT FROM NEW.isr_withheld_ppm OR OLD.vat_withheld_ppm IS DISTINCT FROM NEW.vat_withheld_ppm) THEN RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER guard_invoice_line_update BEFORE UPDATE ON invoice_line FOR EACH ROW EXECUTE FUNCTION guard_invoice_line_update()',
        "CREATE OR REPLACE FUNCTION guard_invoice_line_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT status FROM invoice WHERE id = OLD.invoice_id) <> 'draft' THEN RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER guard_invoice_line_delete BEFORE DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION guard_invoice_line_delete()',
    ],
}
UNGUARD = [
    'DROP TRIGGER IF EXISTS guard_posting_update ON posting',
    'DROP FUNCTION IF EXISTS guard_posting_update()',
    'DROP TRIGGER IF EXISTS guard_posting_delete ON posting',
    'DROP FUNCTION IF EXISTS guard_posting_delete()',
    'DROP TRIGGER IF EXISTS guard_journal_entry_update ON journal_entry',
    'DROP FUNCTION IF EXISTS guard_journal_entry_update()',
    'DROP TRIGGER IF EXISTS guard_journal_entry_delete ON journal_entry',
    'DROP FUNCTION IF EXISTS guard_journal_entry_delete()',
    'DROP TRIGGER IF EXISTS guard_audit_entry_update ON audit_entry',
    'DROP FUNCTION IF EXISTS guard_audit_entry_update()',
    'DROP TRIGGER IF EXISTS guard_audit_entry_delete ON audit_entry',
    'DROP FUNCTION IF EXISTS guard_audit_entry_delete()',
    'DROP TRIGGER IF EXISTS guard_receipt_update ON receipt',
    'DROP FUNCTION IF EXISTS guard_receipt_update()',
    'DROP TRIGGER IF EXISTS guard_receipt_delete ON receipt',
    'DROP FUNCTION IF EXISTS guard_receipt_delete()',
    'DROP TRIGGER IF EXISTS guard_refund_update ON refund',
    'DROP FUNCTION IF EXISTS guard_refund_update()',
    'DROP TRIGGER IF EXISTS guard_refund_delete ON refund',
    'DROP FUNCTION IF EXISTS guard_refund_delete()',
    'DROP TRIGGER IF EXISTS guard_payment_delete ON payment',
    'DROP FUNCTION IF EXISTS guard_payment_delete()',
    'DROP TRIGGER IF EXISTS guard_credit_delete ON credit',
    'DROP FUNCTION IF EXISTS guard_credit_delete()',
    'DROP TRIGGER IF EXISTS guard_allocation_delete ON allocation',
    'DROP FUNCTION IF EXISTS guard_allocation_delete()',
    'DROP TRIGGER IF EXISTS guard_invoice_update ON invoice',
    'DROP FUNCTION IF EXISTS guard_invoice_update()',
    'DROP TRIGGER IF EXISTS guard_invoice_delete ON invoice',
    'DROP FUNCTION IF EXISTS guard_invoice_delete()',
    'DROP TRIGGER IF EXISTS guard_invoice_line_update ON invoice_line',
    'DROP FUNCTION IF EXISTS guard_invoice_line_update()',
    'DROP TRIGGER IF EXISTS guard_invoice_line_delete ON invoice_line',
    'DROP FUNCTION IF EXISTS guard_invoice_line_delete()',
]


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('branch_id', 'sequence', name=op.f('uq_audit_entry_branch_id_sequence'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_subject', ['branch_id', 'subject_type', 'subject_id', 'sequence'], unique=False)

    op.create_table('audit_head',
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_audit_head'))
    )
    op.create_table('document',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_type', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('subject_type', 'subject_id', 'kind', name=op.f('uq_document_subject_type_subject_id_kind'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('ix_document_failed', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state = 'failed'"), postgresql_where=sa.text("state = 'failed'"))
        batch_op.create_index('ix_document_unfinished', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state IN ('due', 'rendering')"), postgresql_where=sa.text("state IN ('due', 'rendering')"))

    op.create_table('ended_session',
    sa.Column('session_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('session_hash', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_session_expires_at'), ['expires_at'], unique=False)

    op.create_table('message_template',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.String(length=120), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_template')),
    sa.UniqueConstraint('branch_id', 'kind', 'channel', 'language', name=op.f('uq_message_template_branch_id_kind_channel_language'))
    )
    op.create_table('network',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_network')),
    sa.UniqueConstraint('name', name=op.f('uq_network_name'))
    )
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject_type', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('occasion', sa.String(length=40), nullable=False),
    sa.Column('party_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('party_name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('documents', sa.JSON(), nullable=False),
    sa.Column('search_text', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('subject_type', 'subject_id', 'kind', 'occasion', name=op.f('uq_notice_subject_type_subject_id_kind_occasion'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_notice_party', ['branch_id', 'party_id'], unique=False)

    op.create_table('pulse',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_pulse'))
    )
    op.create_table('role',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('description', sa.String(length=255), nullable=True),
    sa.Column('permissions', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('accepted', sa.JSON(), nullable=False),
    sa.Column('refused', sa.JSON(), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('frozen_sha256', sa.String(length=64), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_attempt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_delivery_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('message_id', name=op.f('uq_delivery_message_id')),
    sa.UniqueConstraint('notice_id', 'channel', name=op.f('uq_delivery_notice_id_channel'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_delivery_in_hand', ['id'], unique=False, sqlite_where=sa.text("channel <> 'email' AND state = 'queued'"), postgresql_where=sa.text("channel <> 'email' AND state = 'queued'"))
        batch_op.create_index('ix_delivery_sent', ['branch_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_delivery_state', ['branch_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_delivery_waiting', ['next_attempt_at', 'branch_id'], unique=False, sqlite_where=sa.text("channel = 'email' AND state IN ('queued', 'sending')"), postgresql_where=sa.text("channel = 'email' AND state IN ('queued', 'sending')"))

    op.create_table('franchisee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('network_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['network_id'], ['network.id'], name=op.f('fk_franchisee_network_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_franchisee')),
    sa.UniqueConstraint('network_id', 'name', name=op.f('uq_franchisee_network_id_name'))
    )
    op.create_table('user_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('network_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('full_name', sa.String(length=120), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('current_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_login_ip', sa.String(length=64), nullable=True),
    sa.Column('current_login_ip', sa.String(length=64), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_last_counter', sa.Integer(), nullable=True),
    sa.Column('mf_recovery_codes', sa.JSON(), nullable=True),
    sa.Column('create_datetime', sa.DateTime(timezone=True), nullable=True),
    sa.Column('update_datetime', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['network_id'], ['network.id'], name=op.f('fk_user_account_network_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_account_fs_uniquifier'))
    )
    op.create_table('delivery_attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_delivery_attempt_delivery_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_attempt'))
    )
    with op.batch_alter_table('delivery_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_attempt_delivery', ['delivery_id', 'id'], unique=False)

    op.create_table('fiscal_issuer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('franchisee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('legal_name', sa.String(length=200), nullable=False),
    sa.Column('tax_id', sa.String(length=20), nullable=False),
    sa.Column('tax_regime', sa.String(length=10), nullable=False),
    sa.Column('postal_code', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['franchisee_id'], ['franchisee.id'], name=op.f('fk_fiscal_issuer_franchisee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fiscal_issuer'))
    )
    op.create_table('user_role',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_user_role_role_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'role_id', name=op.f('pk_user_role'))
    )
    op.create_table('branch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('franchisee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issuer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('logo_sha256', sa.String(length=64), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['franchisee_id'], ['franchisee.id'], name=op.f('fk_branch_franchisee_id')),
    sa.ForeignKeyConstraint(['issuer_id'], ['fiscal_issuer.id'], name=op.f('fk_branch_issuer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
    sa.UniqueConstraint('code', name=op.f('uq_branch_code'))
    )
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_branch_franchisee_id'), ['franchisee_id'], unique=False)

    op.create_table('bank_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bank_name', sa.String(length=80), nullable=False),
    sa.Column('holder', sa.String(length=200), nullable=False),
    sa.Column('clabe', sa.String(length=34), nullable=False),
    sa.Column('is_primary', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_bank_account_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account')),
    sa.UniqueConstraint('branch_id', 'clabe', name=op.f('uq_bank_account_branch_id_clabe'))
    )
    op.create_table('billing_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('period', sa.String(length=7), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('requested_by', sa.String(length=120), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('skipped', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_billing_run_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_billing_run')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_billing_run_branch_id_request_key'))
    )
    with op.batch_alter_table('billing_run', schema=None) as batch_op:
        batch_op.create_index('ix_billing_run_state', ['state'], unique=False)

    op.create_table('branch_holiday',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_branch_holiday_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch_holiday')),
    sa.UniqueConstraint('branch_id', 'day', name=op.f('uq_branch_holiday_branch_id_day'))
    )
    op.create_table('branch_policy',
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('prompt_days', sa.Integer(), nullable=False),
    sa.Column('minimum_days', sa.Integer(), nullable=False),
    sa.Column('list_days', sa.Integer(), nullable=False),
    sa.Column('business_days', sa.Boolean(), nullable=False),
    sa.Column('extend_on_holiday', sa.Boolean(), nullable=False),
    sa.Column('auto_issue_at', sa.Time(), nullable=True),
    sa.Column('auto_issue_day', sa.Integer(), nullable=False),
    sa.Column('reminder_days', sa.JSON(), nullable=False),
    sa.Column('reminder_at', sa.Time(), nullable=False),
    sa.Column('prorate', sa.Boolean(), nullable=False),
    sa.Column('apply_credit', sa.Boolean(), nullable=False),
    sa.Column('default_channels', sa.JSON(), nullable=False),
    sa.Column('payment_methods', sa.JSON(), nullable=False),
    sa.Column('mails_per_minute', sa.Integer(), nullable=False),
    sa.Column('invoice_note', sa.String(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('auto_issue_day BETWEEN 1 AND 5', name=op.f('ck_branch_policy_auto_issue_day')),
    sa.CheckConstraint('list_days BETWEEN 0 AND 60', name=op.f('ck_branch_policy_list_days')),
    sa.CheckConstraint('minimum_days BETWEEN 1 AND 28', name=op.f('ck_branch_policy_minimum_days')),
    sa.CheckConstraint('prompt_days BETWEEN 1 AND 28', name=op.f('ck_branch_policy_prompt_days')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_branch_policy_branch_id')),
    sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_branch_policy'))
    )
    op.create_table('client',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('legal_name', sa.String(length=200), nullable=False),
    sa.Column('name_key', sa.String(length=200), nullable=False),
    sa.Column('trade_name', sa.String(length=200), nullable=False),
    sa.Column('tax_id', sa.String(length=20), nullable=True),
    sa.Column('tax_regime', sa.String(length=10), nullable=False),
    sa.Column('cfdi_use', sa.String(length=10), nullable=False),
    sa.Column('fiscal_postal_code', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('client_group', sa.String(length=80), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_client_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client')),
    sa.UniqueConstraint('branch_id', 'tax_id', name=op.f('uq_client_branch_id_tax_id'))
    )
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.create_index('ix_client_branch_name', ['branch_id', 'legal_name', 'id'], unique=False)
        batch_op.create_index('ix_client_branch_name_key', ['branch_id', 'name_key'], unique=False)

    op.create_table('column_mapping',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('header', sa.String(length=120), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_column_mapping_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mapping')),
    sa.UniqueConstraint('branch_id', 'header', name=op.f('uq_column_mapping_branch_id_header'))
    )
    op.create_table('duty_done',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('duty', sa.String(length=30), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_duty_done_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_done')),
    sa.UniqueConstraint('branch_id', 'duty', 'key', name=op.f('uq_duty_done_branch_id_duty_key'))
    )
    op.create_table('issuer_snapshot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_issuer_snapshot_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer_snapshot')),
    sa.UniqueConstraint('branch_id', 'sha256', name=op.f('uq_issuer_snapshot_branch_id_sha256'))
    )
    op.create_table('journal_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('subject_type', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_journal_entry_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('branch_id', 'kind', 'subject_type', 'subject_id', name=op.f('uq_journal_entry_branch_id_kind_subject_type_subject_id'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entry_day', ['branch_id', 'day'], unique=False)

    op.create_table('ledger_check',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_ledger_check_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_check'))
    )
    with op.batch_alter_table('ledger_check', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_check_branch', ['branch_id', 'checked_at'], unique=False)

    op.create_table('office',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_office_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('branch_id', 'code', name=op.f('uq_office_branch_id_code'))
    )
    op.create_table('roster_import',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(length=120), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_roster_import_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import'))
    )
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_import_branch_id'), ['branch_id'], unique=False)

    op.create_table('series',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.Column('digits', sa.Integer(), nullable=False),
    sa.Column('yearly', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_series_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('branch_id', 'kind', 'prefix', name=op.f('uq_series_branch_id_kind_prefix'))
    )
    op.create_table('tax_profile',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('vat_ppm', sa.Integer(), nullable=True),
    sa.Column('isr_withheld_ppm', sa.Integer(), nullable=False),
    sa.Column('vat_withheld_ppm', sa.Integer(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_tax_profile_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_profile')),
    sa.UniqueConstraint('branch_id', 'code', name=op.f('uq_tax_profile_branch_id_code'))
    )
    op.create_table('user_branch',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_user_branch_branch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_branch_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'branch_id', name=op.f('pk_user_branch'))
    )
    op.create_table('client_contact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('for_billing', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_client_contact_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_client_contact_client_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_contact'))
    )
    with op.batch_alter_table('client_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_contact_client_id'), ['client_id'], unique=False)

    op.create_table('contract',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('suspended_on', sa.Date(), nullable=True),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('deposit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('meeting_minutes', sa.Integer(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_contract_dates')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_contract_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_contract_client_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_contract_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract')),
    sa.UniqueConstraint('branch_id', 'code', name=op.f('uq_contract_branch_id_code'))
    )
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.create_index('ix_contract_branch_ends', ['branch_id', 'ends_on'], unique=False)
        batch_op.create_index('ix_contract_branch_state', ['branch_id', 'state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contract_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contract_office_id'), ['office_id'], unique=False)

    op.create_table('credit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('account', sa.String(length=30), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('value_date', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('applied', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refunded', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reversed_amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('applied >= 0 AND refunded >= 0 AND applied + refunded <= amount', name=op.f('ck_credit_amounts')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_credit_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_credit_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit')),
    sa.UniqueConstraint('branch_id', 'source', name=op.f('uq_credit_branch_id_source'))
    )
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_credit_spare', ['client_id', 'value_date'], unique=False, sqlite_where=sa.text('amount > applied + refunded'), postgresql_where=sa.text('amount > applied + refunded'))

    op.create_table('series_counter',
    sa.Column('series_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('next_number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_series_counter_series_id')),
    sa.PrimaryKeyConstraint('series_id', 'year', name=op.f('pk_series_counter'))
    )
    op.create_table('contract_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contract_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('description', sa.String(length=200), nullable=False),
    sa.Column('tax_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('prorate', sa.Boolean(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_contract_line_branch_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_contract_line_contract_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tax_profile_id'], ['tax_profile.id'], name=op.f('fk_contract_line_tax_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_line'))
    )
    with op.batch_alter_table('contract_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_line_contract_id'), ['contract_id'], unique=False)

    op.create_table('invoice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contract_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=8), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('period', sa.String(length=7), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('concept', sa.String(length=200), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('subtotal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('withheld', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_total', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('paid', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('written_off', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('basis', sa.String(length=64), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.Column('excluded_reason', sa.String(length=300), nullable=True),
    sa.Column('request_key', sa.String(length=64), nullable=True),
    sa.Column('series_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('series_year', sa.Integer(), nullable=True),
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number', sa.String(length=40), nullable=True),
    sa.Column('reference', sa.String(length=40), nullable=True),
    sa.Column('snapshot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('client_data', sa.JSON(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaces_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.String(length=300), nullable=True),
    sa.Column('cancel_kind', sa.String(length=20), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'draft') = (number IS NULL)", name=op.f('ck_invoice_numbered')),
    sa.CheckConstraint("stage IN ('prompt','list','other')", name=op.f('ck_invoice_stage')),
    sa.CheckConstraint("status IN ('draft','issued','partly_paid','paid','cancelled','written_off')", name=op.f('ck_invoice_status')),
    sa.CheckConstraint('paid >= 0 AND paid <= total OR total <= 0', name=op.f('ck_invoice_paid')),
    sa.CheckConstraint('total = subtotal + tax - withheld', name=op.f('ck_invoice_total')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_invoice_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_invoice_client_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_invoice_contract_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['invoice.id'], name=op.f('fk_invoice_replaces_id')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_invoice_series_id')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['issuer_snapshot.id'], name=op.f('fk_invoice_snapshot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('branch_id', 'number', name=op.f('uq_invoice_branch_id_number')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_invoice_branch_id_request_key')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_invoice_replaces_id')),
    sa.UniqueConstraint('series_id', 'series_year', 'sequence', name=op.f('uq_invoice_series_id_series_year_sequence'))
    )
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_branch_period_status', ['branch_id', 'period', 'status', 'id'], unique=False)
        batch_op.create_index('ix_invoice_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_invoice_deadline', ['branch_id', 'closes_at', 'id'], unique=False, sqlite_where=sa.text("stage = 'prompt' AND status IN ('issued', 'partly_paid')"), postgresql_where=sa.text("stage = 'prompt' AND status IN ('issued', 'partly_paid')"))
        batch_op.create_index('ix_invoice_open', ['branch_id', 'due_on', 'client_id'], unique=False, sqlite_where=sa.text("status IN ('issued', 'partly_paid')"), postgresql_where=sa.text("status IN ('issued', 'partly_paid')"))
        batch_op.create_index('ix_invoice_reference', ['branch_id', 'reference'], unique=False)
        batch_op.create_index('ix_invoice_sequence', ['branch_id', 'sequence'], unique=False)
        batch_op.create_index('uq_invoice_live_contract_period', ['contract_id', 'period'], unique=True, sqlite_where=sa.text("live AND kind = 'recurring'"), postgresql_where=sa.text("live AND kind = 'recurring'"))

    op.create_table('payment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('cheque_state', sa.String(length=12), nullable=True),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('value_date', sa.Date(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('taken_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=True),
    sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reversed_by', sa.String(length=120), nullable=True),
    sa.Column('reversed_reason', sa.String(length=300), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'received' OR credit_id IS NOT NULL", name=op.f('ck_payment_counted')),
    sa.CheckConstraint("state IN ('received','pending','bounced','reversed')", name=op.f('ck_payment_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_payment_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_payment_client_id')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_payment_credit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_payment_branch_id_request_key'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_branch', ['branch_id', 'value_date', 'id'], unique=False)
        batch_op.create_index('ix_payment_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_payment_credit', ['credit_id'], unique=False)
        batch_op.create_index('ix_payment_pending', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_payment_undone', ['branch_id', 'value_date', 'id'], unique=False, sqlite_where=sa.text("state IN ('reversed', 'bounced')"), postgresql_where=sa.text("state IN ('reversed', 'bounced')"))

    op.create_table('pending_charge',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contract_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('description', sa.String(length=300), nullable=False),
    sa.Column('charged_on', sa.Date(), nullable=False),
    sa.Column('quantity_milli', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('origin', sa.String(length=60), nullable=False),
    sa.Column('billed', sa.Boolean(), nullable=False),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_pending_charge_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_pending_charge_client_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_pending_charge_contract_id')),
    sa.ForeignKeyConstraint(['tax_profile_id'], ['tax_profile.id'], name=op.f('fk_pending_charge_tax_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending_charge')),
    sa.UniqueConstraint('branch_id', 'origin', name=op.f('uq_pending_charge_branch_id_origin'))
    )
    with op.batch_alter_table('pending_charge', schema=None) as batch_op:
        batch_op.create_index('ix_pending_charge_client', ['client_id', 'charged_on'], unique=False)

    op.create_table('refund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('value_date', sa.Date(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('given_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_refund_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_refund_client_id')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_refund_credit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_refund_branch_id_request_key'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_refund_credit', ['credit_id'], unique=False)

    op.create_table('allocation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value_date', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('moved_from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_reason', sa.String(length=120), nullable=True),
    sa.CheckConstraint('amount > 0', name=op.f('ck_allocation_amount')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_allocation_branch_id')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_allocation_credit_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_allocation_invoice_id')),
    sa.ForeignKeyConstraint(['moved_from_id'], ['allocation.id'], name=op.f('fk_allocation_moved_from_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation'))
    )
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.create_index('ix_allocation_credit', ['credit_id'], unique=False)
        batch_op.create_index('ix_allocation_invoice', ['invoice_id'], unique=False)

    op.create_table('billing_run_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_billing_run_item_branch_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_billing_run_item_invoice_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['billing_run.id'], name=op.f('fk_billing_run_item_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_billing_run_item')),
    sa.UniqueConstraint('run_id', 'invoice_id', name=op.f('uq_billing_run_item_run_id_invoice_id'))
    )
    with op.batch_alter_table('billing_run_item', schema=None) as batch_op:
        batch_op.create_index('ix_billing_run_item_state', ['run_id', 'state'], unique=False)

    op.create_table('invoice_hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_invoice_hold_branch_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_hold_invoice_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_hold'))
    )
    with op.batch_alter_table('invoice_hold', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_hold_invoice', ['invoice_id'], unique=False)
        batch_op.create_index('uq_invoice_hold_open', ['invoice_id', 'kind', 'source'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('invoice_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('contract_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('charge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('period', sa.String(length=7), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('description', sa.String(length=300), nullable=False),
    sa.Column('quantity_milli', sa.Integer(), nullable=False),
    sa.Column('days_billed', sa.Integer(), nullable=True),
    sa.Column('days_in_month', sa.Integer(), nullable=True),
    sa.Column('prompt_unit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_unit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subtotal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('withheld', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_subtotal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_tax', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_withheld', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_name', sa.String(length=80), nullable=False),
    sa.Column('vat_ppm', sa.Integer(), nullable=True),
    sa.Column('isr_withheld_ppm', sa.Integer(), nullable=False),
    sa.Column('vat_withheld_ppm', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_invoice_line_branch_id')),
    sa.ForeignKeyConstraint(['charge_id'], ['pending_charge.id'], name=op.f('fk_invoice_line_charge_id')),
    sa.ForeignKeyConstraint(['contract_line_id'], ['contract_line.id'], name=op.f('fk_invoice_line_contract_line_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_line_invoice_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_line'))
    )
    with op.batch_alter_table('invoice_line', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_line_invoice', ['invoice_id', 'position'], unique=False)
        batch_op.create_index('uq_invoice_line_charge', ['charge_id'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.create_index('uq_invoice_line_live', ['contract_line_id', 'period'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

    op.create_table('line_price',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contract_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('prompt_price', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list_price', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('prompt_price >= 0 AND list_price >= 0', name=op.f('ck_line_price_prices')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_line_price_branch_id')),
    sa.ForeignKeyConstraint(['contract_line_id'], ['contract_line.id'], name=op.f('fk_line_price_contract_line_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_price')),
    sa.UniqueConstraint('contract_line_id', 'valid_from', name=op.f('uq_line_price_contract_line_id_valid_from'))
    )
    op.create_table('pay_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_pay_link_branch_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_pay_link_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_link')),
    sa.UniqueConstraint('invoice_id', name=op.f('uq_pay_link_invoice_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_pay_link_token_hash'))
    )
    op.create_table('posting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(length=30), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_posting_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_posting_client_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_posting_entry_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_posting_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index('ix_posting_client', ['client_id', 'account', 'amount'], unique=False)
        batch_op.create_index('ix_posting_entry', ['entry_id'], unique=False)
        batch_op.create_index('ix_posting_invoice', ['invoice_id'], unique=False)

    op.create_table('receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('series_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('series_year', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_by', sa.String(length=120), nullable=False),
    sa.Column('snapshot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_receipt_branch_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_receipt_payment_id')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_receipt_series_id')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['issuer_snapshot.id'], name=op.f('fk_receipt_snapshot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('branch_id', 'number', name=op.f('uq_receipt_branch_id_number')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_receipt_payment_id')),
    sa.UniqueConstraint('series_id', 'series_year', 'sequence', name=op.f('uq_receipt_series_id_series_year_sequence'))
    )

    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for statement in UNGUARD:
            op.execute(statement)
    op.drop_table('receipt')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index('ix_posting_invoice')
        batch_op.drop_index('ix_posting_entry')
        batch_op.drop_index('ix_posting_client')

    op.drop_table('posting')
    op.drop_table('pay_link')
    op.drop_table('line_price')
    with op.batch_alter_table('invoice_line', schema=None) as batch_op:
        batch_op.drop_index('uq_invoice_line_live', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.drop_index('uq_invoice_line_charge', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.drop_index('ix_invoice_line_invoice')

    op.drop_table('invoice_line')
    with op.batch_alter_table('invoice_hold', schema=None) as batch_op:
        batch_op.drop_index('uq_invoice_hold_open', sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))
        batch_op.drop_index('ix_invoice_hold_invoice')

    op.drop_table('invoice_hold')
    with op.batch_alter_table('billing_run_item', schema=None) as batch_op:
        batch_op.drop_index('ix_billing_run_item_state')

    op.drop_table('billing_run_item')
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.drop_index('ix_allocation_invoice')
        batch_op.drop_index('ix_allocation_credit')

    op.drop_table('allocation')
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index('ix_refund_credit')
        batch_op.drop_index(batch_op.f('ix_refund_client_id'))

    op.drop_table('refund')
    with op.batch_alter_table('pending_charge', schema=None) as batch_op:
        batch_op.drop_index('ix_pending_charge_client')

    op.drop_table('pending_charge')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_undone', sqlite_where=sa.text("state IN ('reversed', 'bounced')"), postgresql_where=sa.text("state IN ('reversed', 'bounced')"))
        batch_op.drop_index('ix_payment_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index('ix_payment_credit')
        batch_op.drop_index('ix_payment_client')
        batch_op.drop_index('ix_payment_branch')

    op.drop_table('payment')
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.drop_index('uq_invoice_live_contract_period', sqlite_where=sa.text("live AND kind = 'recurring'"), postgresql_where=sa.text("live AND kind = 'recurring'"))
        batch_op.drop_index('ix_invoice_sequence')
        batch_op.drop_index('ix_invoice_reference')
        batch_op.drop_index('ix_invoice_open', sqlite_where=sa.text("status IN ('issued', 'partly_paid')"), postgresql_where=sa.text("status IN ('issued', 'partly_paid')"))
        batch_op.drop_index('ix_invoice_deadline', sqlite_where=sa.text("stage = 'prompt' AND status IN ('issued', 'partly_paid')"), postgresql_where=sa.text("stage = 'prompt' AND status IN ('issued', 'partly_paid')"))
        batch_op.drop_index('ix_invoice_client')
        batch_op.drop_index('ix_invoice_branch_period_status')

    op.drop_table('invoice')
    with op.batch_alter_table('contract_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_line_contract_id'))

    op.drop_table('contract_line')
    op.drop_table('series_counter')
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_spare', sqlite_where=sa.text('amount > applied + refunded'), postgresql_where=sa.text('amount > applied + refunded'))
        batch_op.drop_index(batch_op.f('ix_credit_client_id'))

    op.drop_table('credit')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_office_id'))
        batch_op.drop_index(batch_op.f('ix_contract_client_id'))
        batch_op.drop_index('ix_contract_branch_state')
        batch_op.drop_index('ix_contract_branch_ends')

    op.drop_table('contract')
    with op.batch_alter_table('client_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_contact_client_id'))

    op.drop_table('client_contact')
    op.drop_table('user_branch')
    op.drop_table('tax_profile')
    op.drop_table('series')
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_import_branch_id'))

    op.drop_table('roster_import')
    op.drop_table('office')
    with op.batch_alter_table('ledger_check', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_check_branch')

    op.drop_table('ledger_check')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_entry_day')

    op.drop_table('journal_entry')
    op.drop_table('issuer_snapshot')
    op.drop_table('duty_done')
    op.drop_table('column_mapping')
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_index('ix_client_branch_name_key')
        batch_op.drop_index('ix_client_branch_name')

    op.drop_table('client')
    op.drop_table('branch_policy')
    op.drop_table('branch_holiday')
    with op.batch_alter_table('billing_run', schema=None) as batch_op:
        batch_op.drop_index('ix_billing_run_state')

    op.drop_table('billing_run')
    op.drop_table('bank_account')
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_branch_franchisee_id'))

    op.drop_table('branch')
    op.drop_table('user_role')
    op.drop_table('fiscal_issuer')
    with op.batch_alter_table('delivery_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_attempt_delivery')

    op.drop_table('delivery_attempt')
    op.drop_table('user_account')
    op.drop_table('franchisee')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_waiting', sqlite_where=sa.text("channel = 'email' AND state IN ('queued', 'sending')"), postgresql_where=sa.text("channel = 'email' AND state IN ('queued', 'sending')"))
        batch_op.drop_index('ix_delivery_state')
        batch_op.drop_index('ix_delivery_sent')
        batch_op.drop_index('ix_delivery_in_hand', sqlite_where=sa.text("channel <> 'email' AND state = 'queued'"), postgresql_where=sa.text("channel <> 'email' AND state = 'queued'"))
        batch_op.drop_index('ix_delivery_branch')

    op.drop_table('delivery')
    op.drop_table('role')
    op.drop_table('pulse')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_party')
        batch_op.drop_index('ix_notice_branch')

    op.drop_table('notice')
    op.drop_table('network')
    op.drop_table('message_template')
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ended_session_expires_at'))

    op.drop_table('ended_session')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('ix_document_unfinished', sqlite_where=sa.text("state IN ('due', 'rendering')"), postgresql_where=sa.text("state IN ('due', 'rendering')"))
        batch_op.drop_index('ix_document_failed', sqlite_where=sa.text("state = 'failed'"), postgresql_where=sa.text("state = 'failed'"))

    op.drop_table('document')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')

    op.drop_table('audit_entry')
