"""The Content Security Policy and the nonce that htmx attributes carry.

hx-csp ignores every htmx attribute whose element lacks the page's nonce, so that markup which a stranger
smuggles into a page cannot make requests. Authors never write the nonce: NonceStamp puts it beside the
`hx-…` attributes of our own template sources when Jinja compiles them. User text is no template source.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g
from jinja2.ext import Extension

HTMX_ATTRIBUTE = re.compile(r"[\s}]hx-[a-z]")
OPEN_TAG = re.compile(r"<[a-zA-Z][\w-]*")
STAMP = ' hx-nonce="{{ csp_nonce() }}"'
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'{forms}; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)


def nonce() -> str:
    """This response's nonce, 128 bits, made at first use."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def let_forms_go_to(host: str) -> None:
    """Let the forms of this page lead to `host` ("https://…"): browsers ask the policy for redirects as well."""
    g.csp_forms = f" {host}"


def stamp(source: str) -> str:
    """The template source with a nonce in every tag that carries an `hx-…` attribute."""
    ends: set[int] = set()
    for found in HTMX_ATTRIBUTE.finditer(source):
        tags = list(OPEN_TAG.finditer(source, source.rfind("\n\n", 0, found.start()) + 1, found.start()))
        if tags:
            ends.add(tags[-1].end())
    for end in sorted(ends, reverse=True):
        source = source[:end] + STAMP + source[end:]
    return source


class NonceStamp(Extension):
    """Jinja extension that stamps page templates as they are compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Stamp HTML templates; mails and printed documents have no htmx in them."""
        return stamp(source) if name is not None and name.endswith(".html") else source


def set_policy(response: Response) -> Response:
    """Add the policy to every response that has none of its own."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce(), forms=g.get("csp_forms", "")))
    return response


def init_app(app: Flask) -> None:
    """Stamp templates, offer `csp_nonce()` to them and send the policy."""
    app.jinja_env.add_extension(NonceStamp)
    app.jinja_env.globals["csp_nonce"] = nonce
    app.after_request(set_policy)
