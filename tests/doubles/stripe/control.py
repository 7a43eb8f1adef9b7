"""The same for browsers' tests and other processes: POST /_control/pay {"session_id": …, "card": …}."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastoffice import clock
from tests.doubles.stripe import faults

if TYPE_CHECKING:
    from tests.doubles.stripe.double import StripeDouble

SAME = frozenset({
    "pay", "answer_bank", "give_voucher", "take_to_shop", "confirm_voucher", "pay_voucher", "show_clabe", "transfer",
    "dispute", "finish_refund", "expire", "deliver", "go_away", "all",
})


class Controls:
    """Actions by name, with a method's arguments as JSON."""

    def __init__(self, double: StripeDouble) -> None:
        self._double = double

    def answer(self, action: str, given: dict[str, Any]) -> Any:
        """What the action answers. Raises ApiError for one that does not exist or does not go."""
        own = getattr(self, f"_{action}", None) if action in ("sessions", "waiting", "webhook", "knobs", "clock") else None
        act = own or (getattr(self._double, action) if action in SAME else None)
        if act is None:
            raise faults.ApiError(f"There is no such action: {action}", status=404)
        try:
            return act(**given)
        except TypeError as error:
            raise faults.ApiError(str(error)) from error

    def _sessions(self) -> Any:
        return self._double.sessions

    def _waiting(self) -> Any:
        return self._double.waiting

    def _webhook(self, url: str, secret: str, key: str | None = None) -> Any:
        self._double.webhook_to(url, secret, key)
        return {}

    def _knobs(self, **values: Any) -> Any:
        for name, value in values.items():
            if not hasattr(self._double.knobs, name):
                raise faults.unknown(name)
            setattr(self._double.knobs, name, value)
        return vars(self._double.knobs)

    def _clock(self, at: str | None = None) -> Any:
        """Hold the double's clock at an ISO moment; without one let it run."""
        self._double.clock = datetime.fromisoformat(at).timestamp if at else clock.machine_seconds
        return {"now": int(self._double.clock())}
