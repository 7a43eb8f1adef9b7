"""The client portal and payments online

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('passkey',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=False),
    sa.Column('transports', sa.JSON(), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.Column('lastuse_datetime', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_passkey_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_passkey_user_id_name'))
    )
    op.create_table('card_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=32), nullable=False),
    sa.Column('secret_key_sealed', sa.String(length=600), nullable=False),
    sa.Column('webhook_secrets_sealed', sa.String(length=1200), nullable=False),
    sa.Column('key_hint', sa.String(length=8), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('is_enabled', sa.Boolean(), nullable=False),
    sa.Column('methods', sa.JSON(), nullable=False),
    sa.Column('polled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('poll_after', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("NOT is_enabled OR secret_key_sealed <> ''", name=op.f('ck_card_account_key')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_card_account_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_account')),
    sa.UniqueConstraint('branch_id', name=op.f('uq_card_account_branch_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_card_account_public_id'))
    )
    op.create_table('portal_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_portal_link_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portal_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_portal_link_token_hash'))
    )
    with op.batch_alter_table('portal_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_portal_link_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_portal_link_expires_at'), ['expires_at'], unique=False)

    op.create_table('provider_customer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('customer_id', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_provider_customer_account_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_provider_customer_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_customer')),
    sa.UniqueConstraint('account_id', 'client_id', name=op.f('uq_provider_customer_account_id_client_id')),
    sa.UniqueConstraint('account_id', 'customer_id', name=op.f('uq_provider_customer_account_id_customer_id'))
    )
    with op.batch_alter_table('provider_customer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_customer_client_id'), ['client_id'], unique=False)

    op.create_table('provider_difference',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('object_id', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by', sa.String(length=120), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_provider_difference_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_provider_difference_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_difference')),
    sa.UniqueConstraint('account_id', 'kind', 'object_id', name=op.f('uq_provider_difference_account_id_kind_object_id'))
    )
    with op.batch_alter_table('provider_difference', schema=None) as batch_op:
        batch_op.create_index('ix_provider_difference_open', ['branch_id', 'id'], unique=False, sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))

    op.create_table('provider_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.String(length=120), nullable=False),
    sa.Column('type', sa.String(length=80), nullable=False),
    sa.Column('object_id', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state IN ('new','done','ignored','failed')", name=op.f('ck_provider_event_state')),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_provider_event_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_provider_event_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('account_id', 'event_id', name=op.f('uq_provider_event_account_id_event_id'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index('ix_provider_event_new', ['next_attempt_at'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.create_table('saved_card',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('customer_id', sa.String(length=120), nullable=False),
    sa.Column('method_id', sa.String(length=120), nullable=False),
    sa.Column('label', sa.String(length=40), nullable=False),
    sa.Column('exp_year', sa.Integer(), nullable=False),
    sa.Column('exp_month', sa.Integer(), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consent_by', sa.String(length=120), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_saved_card_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_saved_card_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_saved_card_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_card')),
    sa.UniqueConstraint('account_id', 'method_id', name=op.f('uq_saved_card_account_id_method_id'))
    )
    with op.batch_alter_table('saved_card', schema=None) as batch_op:
        batch_op.create_index('ix_saved_card_client', ['client_id', 'id'], unique=False)

    op.create_table('auto_pay',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('card_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('on_day', sa.Integer(), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consent_by', sa.String(length=120), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('on_day BETWEEN 0 AND 28 OR on_day = 99', name=op.f('ck_auto_pay_on_day')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_auto_pay_branch_id')),
    sa.ForeignKeyConstraint(['card_id'], ['saved_card.id'], name=op.f('fk_auto_pay_card_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_auto_pay_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_auto_pay'))
    )
    with op.batch_alter_table('auto_pay', schema=None) as batch_op:
        batch_op.create_index('ix_auto_pay_branch', ['branch_id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('uq_auto_pay_client', ['client_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('portal_access',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('may', sa.JSON(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_portal_access_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_portal_access_client_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], name=op.f('fk_portal_access_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_portal_access_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portal_access')),
    sa.UniqueConstraint('user_id', 'client_id', name=op.f('uq_portal_access_user_id_client_id'))
    )
    with op.batch_alter_table('portal_access', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_portal_access_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_portal_access_contact_id'), ['contact_id'], unique=False)

    op.create_table('card_dispute',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dispute_id', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('needs_response','under_review','won','lost')", name=op.f('ck_card_dispute_state')),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_card_dispute_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_card_dispute_branch_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_card_dispute_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_dispute')),
    sa.UniqueConstraint('account_id', 'dispute_id', name=op.f('uq_card_dispute_account_id_dispute_id'))
    )
    with op.batch_alter_table('card_dispute', schema=None) as batch_op:
        batch_op.create_index('ix_card_dispute_open', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state IN ('needs_response','under_review')"), postgresql_where=sa.text("state IN ('needs_response','under_review')"))
        batch_op.create_index('ix_card_dispute_payment', ['payment_id'], unique=False)

    op.create_table('card_refund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('intent_id', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('provider_id', sa.String(length=120), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.Column('asked_by', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('created','pending','succeeded','failed','kept')", name=op.f('ck_card_refund_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_card_refund_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_card_refund_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_card_refund_branch_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_card_refund_payment_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_card_refund_refund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_refund')),
    sa.UniqueConstraint('key', name=op.f('uq_card_refund_key')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_card_refund_provider_id')),
    sa.UniqueConstraint('refund_id', name=op.f('uq_card_refund_refund_id'))
    )
    with op.batch_alter_table('card_refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_refund_branch_id'), ['branch_id'], unique=False)
        batch_op.create_index('ix_card_refund_due', ['next_check_at'], unique=False, sqlite_where=sa.text("state IN ('created','pending')"), postgresql_where=sa.text("state IN ('created','pending')"))
        batch_op.create_index('ix_card_refund_payment', ['payment_id'], unique=False)

    op.create_table('client_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=120), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'new') = (decided_at IS NULL)", name=op.f('ck_client_request_decided')),
    sa.CheckConstraint("kind IN ('data','dispute','instalments','transfer')", name=op.f('ck_client_request_kind')),
    sa.CheckConstraint("state IN ('new','accepted','rejected','withdrawn')", name=op.f('ck_client_request_state')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_client_request_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_client_request_client_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_client_request_invoice_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_client_request_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_request')),
    sa.UniqueConstraint('branch_id', 'request_key', name=op.f('uq_client_request_branch_id_request_key'))
    )
    with op.batch_alter_table('client_request', schema=None) as batch_op:
        batch_op.create_index('ix_client_request_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_client_request_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_client_request_invoice', ['invoice_id'], unique=False)
        batch_op.create_index('ix_client_request_new', ['branch_id', 'id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.create_table('pay_attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('save_card', sa.Boolean(), nullable=False),
    sa.Column('saved_card_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('method', sa.String(length=8), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('back_to', sa.String(length=300), nullable=False),
    sa.Column('session_id', sa.String(length=120), nullable=True),
    sa.Column('session_url', sa.Text(), nullable=False),
    sa.Column('intent_id', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('promised_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('card', sa.String(length=40), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.Column('started_by', sa.String(length=120), nullable=False),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'paid' OR payment_id IS NOT NULL", name=op.f('ck_pay_attempt_booked')),
    sa.CheckConstraint("state IN ('created','open','processing','paid','failed','expired')", name=op.f('ck_pay_attempt_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_pay_attempt_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['card_account.id'], name=op.f('fk_pay_attempt_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_pay_attempt_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_pay_attempt_client_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_pay_attempt_payment_id')),
    sa.ForeignKeyConstraint(['saved_card_id'], ['saved_card.id'], name=op.f('fk_pay_attempt_saved_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_attempt')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_pay_attempt_intent_id')),
    sa.UniqueConstraint('key', name=op.f('uq_pay_attempt_key')),
    sa.UniqueConstraint('session_id', name=op.f('uq_pay_attempt_session_id'))
    )
    with op.batch_alter_table('pay_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_pay_attempt_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_pay_attempt_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_pay_attempt_due', ['next_check_at'], unique=False, sqlite_where=sa.text("state IN ('created','open','processing')"), postgresql_where=sa.text("state IN ('created','open','processing')"))

    op.create_table('portal_activity',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('via', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('opened','downloaded')", name=op.f('ck_portal_activity_kind')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_portal_activity_branch_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_portal_activity_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portal_activity')),
    sa.UniqueConstraint('invoice_id', 'kind', 'via', 'hour', name=op.f('uq_portal_activity_invoice_id_kind_via_hour'))
    )
    op.create_table('client_request_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_client_request_file_branch_id')),
    sa.ForeignKeyConstraint(['request_id'], ['client_request.id'], name=op.f('fk_client_request_file_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_request_file'))
    )
    with op.batch_alter_table('client_request_file', schema=None) as batch_op:
        batch_op.create_index('ix_client_request_file_request', ['request_id'], unique=False)

    op.create_table('pay_attempt_part',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_pay_attempt_part_amount')),
    sa.ForeignKeyConstraint(['attempt_id'], ['pay_attempt.id'], name=op.f('fk_pay_attempt_part_attempt_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_pay_attempt_part_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_attempt_part'))
    )
    with op.batch_alter_table('pay_attempt_part', schema=None) as batch_op:
        batch_op.create_index('ix_pay_attempt_part_attempt', ['attempt_id'], unique=False)
        batch_op.create_index('uq_pay_attempt_part_active', ['invoice_id'], unique=True, sqlite_where=sa.text('active'), postgresql_where=sa.text('active'))

    with op.batch_alter_table('client_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_contact_email'), ['email'], unique=False)

    with op.batch_alter_table('invoice_hold', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('uq_invoice_hold_open'))
        batch_op.create_index('uq_invoice_hold_open', ['source', 'invoice_id', 'kind'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_user_account_fs_webauthn_user_handle'), ['fs_webauthn_user_handle'])


def downgrade() -> None:
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_user_account_fs_webauthn_user_handle'), type_='unique')
        batch_op.drop_column('fs_webauthn_user_handle')

    with op.batch_alter_table('invoice_hold', schema=None) as batch_op:
        batch_op.drop_index('uq_invoice_hold_open', sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))
        batch_op.create_index(batch_op.f('uq_invoice_hold_open'), ['invoice_id', 'kind', 'source'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    with op.batch_alter_table('client_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_contact_email'))

    with op.batch_alter_table('pay_attempt_part', schema=None) as batch_op:
        batch_op.drop_index('uq_pay_attempt_part_active', sqlite_where=sa.text('active'), postgresql_where=sa.text('active'))
        batch_op.drop_index('ix_pay_attempt_part_attempt')

    op.drop_table('pay_attempt_part')
    with op.batch_alter_table('client_request_file', schema=None) as batch_op:
        batch_op.drop_index('ix_client_request_file_request')

    op.drop_table('client_request_file')
    op.drop_table('portal_activity')
    with op.batch_alter_table('pay_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_pay_attempt_due', sqlite_where=sa.text("state IN ('created','open','processing')"), postgresql_where=sa.text("state IN ('created','open','processing')"))
        batch_op.drop_index('ix_pay_attempt_client')
        batch_op.drop_index('ix_pay_attempt_branch')

    op.drop_table('pay_attempt')
    with op.batch_alter_table('client_request', schema=None) as batch_op:
        batch_op.drop_index('ix_client_request_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
        batch_op.drop_index('ix_client_request_invoice')
        batch_op.drop_index('ix_client_request_client')
        batch_op.drop_index('ix_client_request_branch')

    op.drop_table('client_request')
    with op.batch_alter_table('card_refund', schema=None) as batch_op:
        batch_op.drop_index('ix_card_refund_payment')
        batch_op.drop_index('ix_card_refund_due', sqlite_where=sa.text("state IN ('created','pending')"), postgresql_where=sa.text("state IN ('created','pending')"))
        batch_op.drop_index(batch_op.f('ix_card_refund_branch_id'))

    op.drop_table('card_refund')
    with op.batch_alter_table('card_dispute', schema=None) as batch_op:
        batch_op.drop_index('ix_card_dispute_payment')
        batch_op.drop_index('ix_card_dispute_open', sqlite_where=sa.text("state IN ('needs_response','under_review')"), postgresql_where=sa.text("state IN ('needs_response','under_review')"))

    op.drop_table('card_dispute')
    with op.batch_alter_table('portal_access', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_portal_access_contact_id'))
        batch_op.drop_index(batch_op.f('ix_portal_access_client_id'))

    op.drop_table('portal_access')
    with op.batch_alter_table('auto_pay', schema=None) as batch_op:
        batch_op.drop_index('uq_auto_pay_client', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_auto_pay_branch', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('auto_pay')
    with op.batch_alter_table('saved_card', schema=None) as batch_op:
        batch_op.drop_index('ix_saved_card_client')

    op.drop_table('saved_card')
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_event_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.drop_table('provider_event')
    with op.batch_alter_table('provider_difference', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_difference_open', sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))

    op.drop_table('provider_difference')
    with op.batch_alter_table('provider_customer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_customer_client_id'))

    op.drop_table('provider_customer')
    with op.batch_alter_table('portal_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_portal_link_expires_at'))
        batch_op.drop_index(batch_op.f('ix_portal_link_email'))

    op.drop_table('portal_link')
    op.drop_table('card_account')
    op.drop_table('passkey')
