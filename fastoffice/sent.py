"""What a browser sent, as everything in the house reads it: text that every database keeps, and forms alone."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote

from flask import current_app
from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

DIGITS = 15  # fits every column of ids and every float, so that no engine and no library minds
FORM_BYTES = 1024 * 1024
LARGEST_VERSION = 2**31 - 1
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")  # nobody types them; PostgreSQL and UTF-8 keep none


class Parameters(ImmutableMultiDict[str, Any]):
    """Parameters of an address or of a form without characters that no text can hold; files as they are."""

    def __init__(self, sent: Any = None) -> None:
        pairs = MultiDict(sent).items(multi=True)
        super().__init__([(_text(name), _text(value)) for name, value in pairs])


def _text(value: Any) -> Any:
    return _UNKEEPABLE.sub("", value) if isinstance(value, str) else value


class SentRequest(HtmxAwareRequest):
    """A request of this product: no page of it takes JSON, whatever the content type says."""

    parameter_storage_class = Parameters

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():  # bytes as they came, not always UTF-8; quoted they are read as any others
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=string.printable)
        super().__init__(environ, *args, **kwargs)

    @property
    def max_content_length(self) -> int | None:
        """Bytes: a form without files is read whole and split into fields, so it must be much smaller than files."""
        limit = super().max_content_length
        if self.mimetype == "multipart/form-data" or not current_app:
            return limit
        return min(limit or FORM_BYTES, FORM_BYTES)

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    @property
    def is_json(self) -> bool:
        """Never: libraries that would read a JSON body as a form find no form instead."""
        return False


def house_of(address: str) -> str:
    """Where a browser is, as whatever counts strangers counts it: whoever has one address of IPv6 has the 2^64 beside
    it too; one of IPv4 that is written as IPv6 is still one.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    short = found if isinstance(found, IPv4Address) else found.ipv4_mapped
    return str(short or ip_network((found, 64), strict=False))


def without(sent: MultiDict[str, Any], name: str) -> Parameters:
    """The same parameters, one left out."""
    return Parameters([(key, value) for key, value in sent.items(multi=True) if key != name])


def whole(text: str, otherwise: int) -> int:
    """A whole number that we wrote ourselves (an id, a version, a page); `otherwise` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else otherwise


def version_in(text: str) -> int:
    """The version that a form was opened with; -1, which no row has, when it was tampered with."""
    found = whole(text, -1)
    return found if found < LARGEST_VERSION else -1


def whole_of(values: Mapping[str, Any], name: str) -> int | None:
    """That parameter as a whole number; None where there is none."""
    found = whole(str(values.get(name, "")), -1)
    return None if found < 0 else found
