"""What a client did with a document on the portal, as far as their browser tells: a sign, never a booking."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class PortalActivity(Model):
    """Once per document, kind, way and hour, however often a page is loaded again.

    kind: opened, downloaded. via: link (of the mail), account. `hour` is `at` cut to the hour, UTC. Rows are only
    added; nothing of the books reads them.
    """

    __tablename__ = "portal_activity"
    __table_args__ = (
        UniqueConstraint("invoice_id", "kind", "via", "hour"),
        CheckConstraint("kind IN ('opened','downloaded')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    kind: Mapped[str] = mapped_column(String(12))
    via: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    hour: Mapped[datetime]
