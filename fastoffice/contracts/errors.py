"""Named refusals about contracts, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, Refusal


class InvalidContract(Refusal):
    """Fields do not hold what they need: `errors` is field -> message ("prompt_price-1": the second line's)."""

    def __init__(self, errors: dict[str, Any]) -> None:
        name, message = next(iter(errors.items()))
        super().__init__(message, field=name)
        self.errors = errors


class OfficeTaken(Refusal):
    """Other contracts have the same office in the same days; saving needs a yes."""

    def __init__(self, others: Sequence[Any]) -> None:
        super().__init__(_l("Another contract has this office in those days."), field="office")
        self.others = others


class SameContract(Refusal):
    """The client has a contract of the same first day, office and services; another one needs a yes."""

    def __init__(self, contract_id: int, code: str) -> None:
        super().__init__(_l("The client has the same contract already: %(code)s.", code=code))
        self.contract_id = contract_id
        self.code = code


class ContractChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody changed this contract while you were writing. Nothing was saved yet."))


class NotWhile(Refusal):
    """What is asked does not fit the contract's state."""


class AlreadySuspended(NotWhile):
    def __init__(self) -> None:
        super().__init__(_l("The contract is suspended already."))


class NotSuspended(NotWhile):
    def __init__(self) -> None:
        super().__init__(_l("The contract is not suspended."))


class HasEnded(NotWhile):
    def __init__(self) -> None:
        super().__init__(_l("The contract has ended. Renew it to go on."))


class WasWithdrawn(NotWhile):
    def __init__(self) -> None:
        super().__init__(_l("The contract was withdrawn before it was billed; write a new one."))


class HasStarted(NotWhile):
    def __init__(self) -> None:
        super().__init__(_l("The contract has been billed, so it can't be withdrawn. End it instead."))


class DayOutside(Refusal):
    """A day before the contract starts, after it ends, or in the wrong order."""


class PeriodIssued(Refusal):
    """A change of price that would count in a period whose invoice is out."""

    def __init__(self, month: str, earliest: str) -> None:
        super().__init__(
            _l("%(month)s is issued already. Choose %(day)s or a later day.", month=month, day=earliest),
            field="valid_from")


class LastLine(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("A contract keeps at least one service. End the contract instead."))
