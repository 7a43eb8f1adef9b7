"""Who answers whom: capabilities tell the leaves what only they know. Part of the composition root."""

from __future__ import annotations

from fastoffice.billing import documents as billing_documents
from fastoffice.billing import faults
from fastoffice.billing import outbox as billing_outbox
from fastoffice.billing.service import verifying
from fastoffice.bookings import invariants as bookings_invariants
from fastoffice.bookings import outbox as bookings_outbox
from fastoffice.bookings.service import hours
from fastoffice.bookings.service import telling as room_telling
from fastoffice.branches import outbox as branches_outbox
from fastoffice.contracts.service import plans
from fastoffice.guests import outbox as guests_outbox
from fastoffice.guests.service import settling
from fastoffice.guests.service import telling as guests_telling
from fastoffice.mailroom import invariants as mailroom_invariants
from fastoffice.mailroom import outbox as mailroom_outbox
from fastoffice.notifications import covers
from fastoffice.payments import documents as payments_documents
from fastoffice.payments import invariants as payments_invariants
from fastoffice.payments import outbox as payments_outbox
from fastoffice.payments.service.online import ending
from fastoffice.visitors import outbox as visitors_outbox


def connect() -> None:
    """Register every builder, answer and listener; again without harm."""
    billing_documents.register()
    billing_outbox.register()
    payments_documents.register()
    payments_outbox.register()
    for invariants in (bookings_invariants, mailroom_invariants, payments_invariants):
        verifying.also(invariants.verify)
        faults.also(invariants.SENTENCES)
    branches_outbox.register()
    bookings_outbox.register()
    guests_outbox.register()
    visitors_outbox.register()
    mailroom_outbox.register()
    covers.register()
    plans.follow(hours.follow_plans)
    room_telling.let_speak(guests_telling.speak)
    ending.also(settling.heard)
