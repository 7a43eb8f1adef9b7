"""Who knows how to fill a document of a kind. Capabilities register; this leaf only calls back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastoffice.documents.contexts import Document


@dataclass(frozen=True, slots=True)
class RenderJob:
    """What is to be printed: a template, its values (documents.contexts) and the language."""

    template: str
    context: Document | Mapping[str, Any]
    lang: str

    @classmethod
    def of(cls, document: Document, lang: str) -> RenderJob:
        """The job that prints a document of documents.contexts with its own template."""
        return cls(document.template, document, lang)


Builder = Callable[[list[int]], dict[int, RenderJob]]
_builders: dict[str, Builder] = {}


class UnknownKind(LookupError):
    """Nobody registered a builder for this kind of document."""


def register(kind: str, builder: Builder) -> None:
    """`builder` turns subject ids into render jobs, with a constant number of statements for any number.

    It reads only what never changes after the document was issued: the same subject must give the same
    bytes whenever it is rendered. An id it leaves out counts as a failure of that document.
    """
    _builders[kind] = builder


def builder_of(kind: str) -> Builder:
    """The registered builder. Raises UnknownKind."""
    try:
        return _builders[kind]
    except KeyError:
        raise UnknownKind(kind) from None
