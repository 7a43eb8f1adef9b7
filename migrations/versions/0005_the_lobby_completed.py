"""The lobby completed: rates by hour, photos, guests who pay first

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


# What the database itself refuses (fastoffice.guards as it was at this revision).
GUARDS = {
    'sqlite': [
        "CREATE TRIGGER guard_legal_notice_update_read BEFORE UPDATE ON legal_notice WHEN OLD.read_at IS NOT NULL AND (OLD.read_at IS NOT NEW.read_at OR OLD.read_by IS NOT NEW.read_by OR OLD.read_from IS NOT NEW.read_from) BEGIN SELECT RAISE(ABORT, 'a receipt is given once'); END",
        "CREATE TRIGGER guard_legal_alert_update BEFORE UPDATE ON legal_alert WHEN (OLD.branch_id IS NOT NEW.branch_id OR OLD.notice_id IS NOT NEW.notice_id OR OLD.channel IS NOT NEW.channel OR OLD.address IS NOT NEW.address OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at) BEGIN SELECT RAISE(ABORT, 'who was alerted never changes'); END",
        "CREATE TRIGGER guard_legal_alert_update_read BEFORE UPDATE ON legal_alert WHEN OLD.read_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END",
        "CREATE TRIGGER guard_legal_alert_delete BEFORE DELETE ON legal_alert BEGIN SELECT RAISE(ABORT, 'an alert of a legal notice is never deleted'); END",
    ],
    'postgresql': [
        "CREATE OR REPLACE FUNCTION guard_legal_notice_update_read() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a receipt is given once' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_legal_notice_update_read BEFORE UPDATE ON legal_notice FOR EACH ROW WHEN (OLD.read_at IS NOT NULL AND (OLD.read_at IS DISTINCT FROM NEW.read_at OR OLD.read_by IS DISTINCT FROM NEW.read_by OR OLD.read_from IS DISTINCT FROM NEW.read_from)) EXECUTE FUNCTION guard_legal_notice_update_read()',
        "CREATE OR REPLACE FUNCTION guard_legal_alert_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'who was alerted never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_legal_alert_update BEFORE UPDATE ON legal_alert FOR EACH ROW WHEN ((OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.notice_id IS DISTINCT FROM NEW.notice_id OR OLD.channel IS DISTINCT FROM NEW.channel OR OLD.address IS DISTINCT FROM NEW.address OR OLD.name IS DISTINCT FROM NEW.name OR OLD.created_at IS DISTINCT FROM NEW.created_at)) EXECUTE FUNCTION guard_legal_alert_update()',
        "CREATE OR REPLACE FUNCTION guard_legal_alert_update_read() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a receipt never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        'CREATE TRIGGER guard_legal_alert_update_read BEFORE UPDATE ON legal_alert FOR EACH ROW WHEN (OLD.read_at IS NOT NULL) EXECUTE FUNCTION guard_legal_alert_update_read()',
        "CREATE OR REPLACE FUNCTION guard_legal_alert_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an alert of a legal notice is never deleted' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        'CREATE TRIGGER guard_legal_alert_delete BEFORE DELETE ON legal_alert FOR EACH ROW EXECUTE FUNCTION guard_legal_alert_delete()',
    ],
}
UNGUARD = {
    'sqlite': [
        'DROP TRIGGER IF EXISTS guard_legal_notice_update_read',
    ],
    'postgresql': [
        'DROP TRIGGER IF EXISTS guard_legal_notice_update_read ON legal_notice',
        'DROP FUNCTION IF EXISTS guard_legal_notice_update_read()',
        'DROP FUNCTION IF EXISTS guard_legal_alert_update()',
        'DROP FUNCTION IF EXISTS guard_legal_alert_update_read()',
        'DROP FUNCTION IF EXISTS guard_legal_alert_delete()',
    ],
}


# The guard of rooms on SQLite (fastoffice.bookings.overlap as it was at this revision).
OVERLAP = [
    'DROP TRIGGER IF EXISTS booking_space_overlap_insert',
    'DROP TRIGGER IF EXISTS booking_space_overlap_update',
    "CREATE TRIGGER booking_space_overlap_insert BEFORE INSERT ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active = 1 AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
    "CREATE TRIGGER booking_space_overlap_update BEFORE UPDATE ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active = 1 AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at AND other.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
]
OVERLAP_BEFORE = [
    'DROP TRIGGER IF EXISTS booking_space_overlap_insert',
    'DROP TRIGGER IF EXISTS booking_space_overlap_update',
    "CREATE TRIGGER booking_space_overlap_insert BEFORE INSERT ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
    "CREATE TRIGGER booking_space_overlap_update BEFORE UPDATE ON booking_space WHEN NEW.active AND EXISTS (SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at AND other.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'booking_space_overlap'); END",
]


def upgrade() -> None:
    op.execute(  # what bookings and the mail room took back themselves; what staff drop from now on is waived
        "UPDATE pending_charge SET origin = origin || '.withdrawn-' || id WHERE dropped_at IS NOT NULL AND NOT billed "
        "AND (origin LIKE 'booking:%' OR origin LIKE 'mail-%')")
    op.execute(
        "UPDATE calendar_feed SET ended_at = created_at WHERE ended_at IS NULL AND EXISTS (SELECT 1 FROM calendar_feed AS "
        "later WHERE later.id > calendar_feed.id AND later.ended_at IS NULL AND (later.resource_id = "
        "calendar_feed.resource_id OR later.client_id = calendar_feed.client_id))")
    op.create_table('person_feed',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('own_only', sa.Boolean(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_person_feed_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_person_feed_client_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_person_feed_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_person_feed_token_hash'))
    )
    with op.batch_alter_table('person_feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_feed_client_id'), ['client_id'], unique=False)
        batch_op.create_index('uq_person_feed_contact', ['user_id', 'client_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('uq_person_feed_staff', ['user_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL AND client_id IS NULL'), postgresql_where=sa.text('ended_at IS NULL AND client_id IS NULL'))

    op.create_table('guest_booking',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('address_mark', sa.String(length=32), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('late_fee_percent', sa.Integer(), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('paying','booked','ended','late','lost','cancelled','over')", name=op.f('ck_guest_booking_state')),
    sa.CheckConstraint('late_fee_percent BETWEEN 0 AND 100', name=op.f('ck_guest_booking_late_fee')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_guest_booking_booking_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_guest_booking_branch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_guest_booking_client_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_guest_booking_invoice_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_guest_booking_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest_booking')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_guest_booking_booking_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_guest_booking_token_hash'))
    )
    with op.batch_alter_table('guest_booking', schema=None) as batch_op:
        batch_op.create_index('ix_guest_booking_address', ['branch_id', 'address_mark', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_guest_booking_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_guest_booking_email', ['branch_id', 'email_key', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_guest_booking_invoice_id'), ['invoice_id'], unique=False)
        batch_op.create_index('ix_guest_booking_open', ['state', 'hold_until'], unique=False, sqlite_where=sa.text("state IN ('paying','booked','late')"), postgresql_where=sa.text("state IN ('paying','booked','late')"))

    op.create_table('legal_alert',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('branch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_by', sa.String(length=120), nullable=False),
    sa.Column('read_from', sa.String(length=64), nullable=False),
    sa.Column('read_text', sa.Text(), nullable=False),
    sa.CheckConstraint("channel IN ('email','whatsapp','portal')", name=op.f('ck_legal_alert_channel')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_legal_alert_branch_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['legal_notice.id'], name=op.f('fk_legal_alert_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_alert')),
    sa.UniqueConstraint('notice_id', 'channel', 'address', name=op.f('uq_legal_alert_notice_id_channel_address')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_legal_alert_token_hash'))
    )
    with op.batch_alter_table('blackout', schema=None) as batch_op:
        batch_op.add_column(sa.Column('request_key', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_blackout_branch_id_request_key'), ['branch_id', 'request_key'])

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('price_lines', sa.JSON(), nullable=True))
        batch_op.create_index('ix_booking_attend', ['starts_at'], unique=False, sqlite_where=sa.text("state IN ('pending', 'confirmed', 'checked_in')"), postgresql_where=sa.text("state IN ('pending', 'confirmed', 'checked_in')"))
        batch_op.create_index('ix_booking_held', ['hold_until'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.create_index('ix_booking_uncharged', ['charge_at'], unique=False, sqlite_where=sa.text('charged <> owed'), postgresql_where=sa.text('charged <> owed'))

    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index('uq_calendar_feed_client', ['client_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('uq_calendar_feed_room', ['resource_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plan_month', sa.String(length=7), nullable=True))
        batch_op.add_column(sa.Column('plan_most', sa.Integer(), nullable=True))

    with op.batch_alter_table('hours_entry', schema=None) as batch_op:
        batch_op.create_index('ix_hours_entry_month', ['branch_id', 'month'], unique=False)

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index('ix_invitation_over', ['branch_id', 'ends_at'], unique=False)

    with op.batch_alter_table('resource_rate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weekdays', sa.String(length=7), server_default='0123456', nullable=False))
        batch_op.add_column(sa.Column('from_minute', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('until_minute', sa.Integer(), server_default='1440', nullable=False))
        batch_op.drop_constraint(batch_op.f('uq_resource_rate_resource_id_basis_name_key'), type_='unique')
        batch_op.create_unique_constraint('uq_resource_rate_when', ['resource_id', 'basis', 'name_key', 'weekdays', 'from_minute', 'until_minute'])

    with op.batch_alter_table('waiting_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('look_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_waiting_entry_look', ['look_at'], unique=False, sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))

    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)

    if op.get_bind().dialect.name == 'sqlite':
        for statement in OVERLAP:
            op.execute(statement)


def downgrade() -> None:
    op.execute(
        "DELETE FROM resource_rate WHERE basis = 'all' OR weekdays <> '0123456' OR from_minute <> 0 OR until_minute <> 1440")
    with op.batch_alter_table('waiting_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_waiting_entry_look', sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))
        batch_op.drop_column('look_at')

    with op.batch_alter_table('resource_rate', schema=None) as batch_op:
        batch_op.drop_constraint('uq_resource_rate_when', type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_resource_rate_resource_id_basis_name_key'), ['resource_id', 'basis', 'name_key'])
        batch_op.drop_column('until_minute')
        batch_op.drop_column('from_minute')
        batch_op.drop_column('weekdays')

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('ix_invitation_over')

    with op.batch_alter_table('hours_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_hours_entry_month')

    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_column('plan_most')
        batch_op.drop_column('plan_month')

    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.drop_index('uq_calendar_feed_room', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('uq_calendar_feed_client', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('ix_booking_uncharged', sqlite_where=sa.text('charged <> owed'), postgresql_where=sa.text('charged <> owed'))
        batch_op.drop_index('ix_booking_held', sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.drop_index('ix_booking_attend', sqlite_where=sa.text("state IN ('pending', 'confirmed', 'checked_in')"), postgresql_where=sa.text("state IN ('pending', 'confirmed', 'checked_in')"))
        batch_op.drop_column('price_lines')

    with op.batch_alter_table('blackout', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_blackout_branch_id_request_key'), type_='unique')
        batch_op.drop_column('request_key')

    op.drop_table('legal_alert')
    with op.batch_alter_table('guest_booking', schema=None) as batch_op:
        batch_op.drop_index('ix_guest_booking_open', sqlite_where=sa.text("state IN ('paying','booked','late')"), postgresql_where=sa.text("state IN ('paying','booked','late')"))
        batch_op.drop_index(batch_op.f('ix_guest_booking_invoice_id'))
        batch_op.drop_index('ix_guest_booking_email')
        batch_op.drop_index(batch_op.f('ix_guest_booking_client_id'))
        batch_op.drop_index('ix_guest_booking_address')

    op.drop_table('guest_booking')
    with op.batch_alter_table('person_feed', schema=None) as batch_op:
        batch_op.drop_index('uq_person_feed_staff', sqlite_where=sa.text('ended_at IS NULL AND client_id IS NULL'), postgresql_where=sa.text('ended_at IS NULL AND client_id IS NULL'))
        batch_op.drop_index('uq_person_feed_contact', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_person_feed_client_id'))

    op.drop_table('person_feed')
    for statement in UNGUARD[op.get_bind().dialect.name]:
        op.execute(statement)
    if op.get_bind().dialect.name == 'sqlite':
        for statement in OVERLAP_BEFORE:
            op.execute(statement)
