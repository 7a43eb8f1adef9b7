"""The client's file of a guest: their own of an earlier time, or a new one; never somebody else's.

A file is used again only when it was made here for the same e-mail, name and tax id, and nobody made a client of it
since: what a stranger types reveals nothing and attaches to nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit
from fastoffice.billing.service import credits
from fastoffice.branches.models import Branch
from fastoffice.clients import service as clients
from fastoffice.clients.checks import ClientData, check_client
from fastoffice.clients.errors import DuplicateTaxId, InvalidClient
from fastoffice.clients.models import Client
from fastoffice.clients.rules import name_key
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking


def file_for(branch: Branch, data: ClientData, actor: audit.Actor, now: datetime) -> Client:
    """The file to bill. Raises InvalidClient with all that is wrong, by field."""
    checked, errors = check_client(data, branch.country)
    if errors:
        raise InvalidClient(errors)
    known = _own(branch.id, checked)
    if known is not None:
        clients.reopen_client(actor, known)
        return known
    try:
        with db.session.begin_nested():
            return clients.create_client(actor, branch, checked, now, same_name=True)
    except DuplicateTaxId:  # another file has it: the desk decides whether it is the same company
        with force_locale(branch.language):
            note = str(_("Tax ID given with the booking: %(tax_id)s (another file has it)", tax_id=checked.tax_id))
        return clients.create_client(actor, branch, replace(checked, tax_id="", notes=note), now, same_name=True)


def _own(branch_id: int, data: ClientData) -> Client | None:
    used = sa.exists().where(GuestBooking.client_id == Client.id, GuestBooking.branch_id == branch_id,
                             GuestBooking.email_key == data.contacts[0].email)
    contracted = sa.exists().where(Contract.client_id == Client.id)
    same_tax_id = Client.tax_id == data.tax_id if data.tax_id else Client.tax_id.is_(None)
    query = sa.select(Client).where(
        Client.branch_id == branch_id, Client.name_key == name_key(data.legal_name), same_tax_id, used, ~contracted)
    found = db.session.scalars(query.order_by(Client.id.desc()).limit(5)).all()
    with_credit = credits.spare_credits([each.id for each in found])  # nobody spends what another may have left
    return next((each for each in found if each.id not in with_credit), None)


def put_away(row: GuestBooking, actor: audit.Actor, now: datetime) -> None:
    """The file of somebody who never paid anything leaves the lists."""
    bought = sa.select(GuestBooking.id).where(
        GuestBooking.client_id == row.client_id, GuestBooking.id != row.id, GuestBooking.state != rules.ENDED)
    contracted = sa.select(Contract.id).where(Contract.client_id == row.client_id)
    if db.session.scalar(bought.limit(1)) is None and db.session.scalar(contracted.limit(1)) is None:
        clients.archive_client(actor, db.session.get_one(Client, row.client_id), now)
