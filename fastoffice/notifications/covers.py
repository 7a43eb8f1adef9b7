"""The sheet on top of what goes by post: addressed for a window envelope, with a list of what is inside."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import clock
from fastoffice.documents import queries as documents
from fastoffice.documents import registry as builders
from fastoffice.documents.contexts import Client, CoverSheetDocument, Enclosure
from fastoffice.documents.models import Document
from fastoffice.documents.registry import RenderJob
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.kinds import POST
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.registry import Letterhead
from fastoffice.notifications.service.owing import COVER


def build(notice_ids: list[int]) -> dict[int, RenderJob]:
    """Cover sheets by notice id."""
    query = sa.select(Notice, Delivery.recipients).join(Delivery, Delivery.notice_id == Notice.id)
    rows = db.session.execute(query.where(Delivery.channel == POST, Notice.id.in_(notice_ids))).all()
    found = documents.by_keys({tuple(key) for notice, _lines in rows for key in notice.documents})
    heads = {branch_id: registry.branches.letterhead(branch_id) for branch_id in {row[0].branch_id for row in rows}}
    jobs = {}
    for notice, lines in rows:
        inside = [found[key] for raw in notice.documents if (key := tuple(raw)) in found]
        with force_locale(notice.language):
            sheet = _sheet(notice, lines, inside, heads[notice.branch_id])
        jobs[notice.id] = RenderJob.of(sheet, notice.language)
    return jobs


def _sheet(notice: Notice, lines: list[str], inside: list[Document], head: Letterhead) -> CoverSheetDocument:
    name = notice.party_name or notice.context.get("client_name", "")
    address = tuple(line for line in lines if line != name)
    names = {"invoice": _("Invoice"), "cancellation": _("Cancellation notice"), "receipt": _("Receipt")}
    return CoverSheetDocument(
        issuer=head.issuer, number=str(notice.id), currency=head.currency,
        issued_on=clock.local_date(notice.created_at, head.timezone),
        recipient=Client(name=name, address=address, attention=_contact(notice, name)),
        enclosures=tuple(
            Enclosure(description=names.get(each.kind, each.kind), number=each.filename.removesuffix(".pdf"))
            for each in inside
        ),
    )


def _contact(notice: Notice, name: str) -> str:
    contact = str(notice.context.get("contact_name", ""))
    return "" if contact == name else contact


def register() -> None:
    """Tell the document queue who fills cover sheets."""
    builders.register(COVER, build)
