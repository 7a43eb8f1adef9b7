"""The print queue: cover sheet and documents of each envelope, all in one PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from fastoffice.documents import queries as documents
from fastoffice.documents.merge import merge_pdfs
from fastoffice.documents.models import Document
from fastoffice.errors import Refusal
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.service.owing import COVER


@dataclass(frozen=True, slots=True)
class Envelope:
    """A posted notice with its pages; `obstacle` says in the machine's words why it cannot be printed yet."""

    delivery: Delivery
    documents: tuple[Document, ...]
    obstacle: str

    @property
    def ready(self) -> bool:
        return not self.obstacle


def envelopes(deliveries: Sequence[Delivery]) -> list[Envelope]:
    """The envelopes of posted deliveries: cover sheet first, then the documents in their order."""
    wanted = {d.id: [("notice", d.notice_id, COVER), *(tuple(key) for key in d.notice.documents)] for d in deliveries}
    found = documents.by_keys({key for keys in wanted.values() for key in keys})
    result = []
    for delivery in deliveries:
        pages = [found.get(key) for key in wanted[delivery.id]]
        result.append(Envelope(delivery, tuple(page for page in pages if page), _obstacle(pages)))
    return result


def _obstacle(pages: Sequence[Document | None]) -> str:
    for page in pages:
        if page is None or page.state == "failed":
            return f"pdf_failed: {page.filename}" if page else "pdf_failed"
        if page.state != "ready":
            return f"pdf_waiting: {page.filename}"
    return ""


def print_run(chosen: Sequence[Envelope]) -> bytes:
    """One PDF of the chosen envelopes that are ready. Raises Refusal when there is none."""
    ready = [envelope for envelope in chosen if envelope.ready]
    if not ready:
        raise Refusal(_l("None of the chosen letters has its PDF ready yet."))

    def pages() -> Iterator[bytes]:
        for envelope in ready:
            for document in envelope.documents:
                yield documents.document_bytes(document)

    return merge_pdfs(pages())
