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
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_card_account_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_account')),
    sa.UniqueConstraint('branch_id', name=op.f('uq_card_account_branch_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_card_account_public_id'))
    )
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

    op.create_table('pay_attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_attempt')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_pay_attempt_intent_id')),
    sa.UniqueConstraint('key', name=op.f('uq_pay_attempt_key')),
    sa.UniqueConstraint('session_id', name=op.f('uq_pay_attempt_session_id'))
    )
    with op.batch_alter_table('pay_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_pay_attempt_branch', ['branch_id', 'id'], unique=False)
        batch_op.create_index('ix_pay_attempt_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_pay_attempt_due', ['next_check_at'], unique=False, sqlite_where=sa.text("state IN ('created','open','processing')"), postgresql_where=sa.text("state IN ('created','open','processing')"))

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


def downgrade() -> None:
    with op.batch_alter_table('pay_attempt_part', schema=None) as batch_op:
        batch_op.drop_index('uq_pay_attempt_part_active', sqlite_where=sa.text('active'), postgresql_where=sa.text('active'))
        batch_op.drop_index('ix_pay_attempt_part_attempt')

    op.drop_table('pay_attempt_part')
    with op.batch_alter_table('pay_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_pay_attempt_due', sqlite_where=sa.text("state IN ('created','open','processing')"), postgresql_where=sa.text("state IN ('created','open','processing')"))
        batch_op.drop_index('ix_pay_attempt_client')
        batch_op.drop_index('ix_pay_attempt_branch')

    op.drop_table('pay_attempt')
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_event_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.drop_table('provider_event')
    with op.batch_alter_table('provider_difference', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_difference_open', sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))

    op.drop_table('provider_difference')
    with op.batch_alter_table('provider_customer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_customer_client_id'))

    op.drop_table('provider_customer')
    op.drop_table('card_account')
