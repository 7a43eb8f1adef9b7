"""What can come of asking the card processor, in words for whoever wanted to pay."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Refusal


class GatewayAway(Refusal):
    """No answer, or not now (network, 5xx, 429). The same call may be made again with the same key."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(_l("The card service does not answer at this moment. Nothing was charged. Try again in a "
                            "few minutes, or pay by transfer."))
        self.detail = detail


class GatewayRefused(Refusal):
    """They said no; `code` is their word for why. Asking the same again will not help.

    UNKNOWN: they have no such thing, as after the branch changed to another account of theirs.
    """

    UNKNOWN = "resource_missing"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(_l("The card service refused this payment. Nothing was charged. Pay by transfer, or ask "
                            "your branch."))
        self.code, self.detail = code, detail
