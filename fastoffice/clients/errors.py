"""Named refusals about clients, in the user's words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, Refusal


class InvalidClient(Refusal):
    """Fields do not hold what they need: `errors` is field -> message ("email-2": the third contact's)."""

    def __init__(self, errors: dict[str, Any]) -> None:
        name, message = next(iter(errors.items()))
        super().__init__(message, field=name)
        self.errors = errors


class DuplicateTaxId(InvalidClient):
    """The branch has a client with this tax number: `client_id` and `name` say which."""

    def __init__(self, tax_id: str, client_id: int, name: str) -> None:
        message = _l("%(tax_id)s belongs to “%(name)s” already.", tax_id=tax_id, name=name)
        super().__init__({"tax_id": message})
        self.client_id = client_id
        self.name = name


class SameName(InvalidClient):
    """The branch has a client of this name: saving another one needs a yes."""

    def __init__(self, client_id: int, name: str) -> None:
        super().__init__({"legal_name": _l("There is a client of this name already.")})
        self.client_id = client_id
        self.name = name


class ClientChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody changed this client while you were writing. Nothing was saved yet."))


class IsArchived(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(_l("“%(name)s” is in the archive. Take the file out before you agree anything.", name=name))


class HasContractsInForce(Refusal):
    def __init__(self, count: int) -> None:
        super().__init__(_l("This client has contracts in force (%(count)s). End them first.", count=count))


class OwesMoney(Refusal):
    def __init__(self, amount: str) -> None:
        super().__init__(_l("This client still owes %(amount)s, so the file stays open.", amount=amount))
