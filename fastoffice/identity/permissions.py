"""Who may do what: one table, permission -> roles. Nothing else in the house decides it."""

from __future__ import annotations

from collections.abc import Iterable

RECEPTIONIST = "receptionist"
MANAGER = "manager"
ACCOUNTANT = "accountant"
NETWORK = "network"
ROLES = (RECEPTIONIST, MANAGER, ACCOUNTANT, NETWORK)
CLIENT = "client"  # a client's contact in the portal: no member of staff, so that no form of theirs grants it

_EVERYBODY = frozenset(ROLES)
_DESK = frozenset({RECEPTIONIST, MANAGER})
_DESK_AND_BOOKS = frozenset({RECEPTIONIST, MANAGER, ACCOUNTANT})
_HEADS = frozenset({MANAGER, NETWORK})
_BOOKS = frozenset({MANAGER, ACCOUNTANT})
_CONTROL = frozenset({MANAGER, ACCOUNTANT, NETWORK})
_MANAGER = frozenset({MANAGER})

PERMISSIONS: dict[str, frozenset[str]] = {
    "day.view": _EVERYBODY,
    "search": _EVERYBODY,
    "clients.view": _EVERYBODY,
    "clients.edit": _DESK,
    "portal.manage": _DESK,
    "contracts.view": _EVERYBODY,
    "contracts.edit": _DESK,
    "prices.edit": _MANAGER,
    "roster.import": _DESK,
    "invoices.view": _EVERYBODY,
    "invoices.draft": _DESK,
    "invoices.adjust": _DESK,
    "invoices.hold": _DESK,
    "invoices.issue": _DESK,
    "invoices.approve": _MANAGER,
    "invoices.cancel": _BOOKS,
    "invoices.write_off": _MANAGER,
    "payments.view": _EVERYBODY,
    "payments.record": _DESK_AND_BOOKS,
    "payments.allocate": _DESK_AND_BOOKS,
    "payments.reverse": _BOOKS,
    "payments.refund": _BOOKS,
    "requests.view": _EVERYBODY,
    "requests.decide": _DESK,
    "visits.view": _DESK | _HEADS,
    "visits.register": _DESK,
    "visits.manage": _HEADS,
    "mailroom.view": _EVERYBODY,
    "mailroom.handle": _DESK,
    "outbox.view": _EVERYBODY,
    "outbox.send": _DESK,
    "templates.edit": _MANAGER,
    "settings.view": _HEADS,
    "settings.edit": _HEADS,
    "users.manage": _HEADS,
    "devices.manage": _HEADS,
    "rooms.view": _EVERYBODY,
    "rooms.book": _DESK,
    "rooms.manage": _HEADS,
    "network.manage": frozenset({NETWORK}),
    "audit.view": _CONTROL,
    "ledger.view": _CONTROL,
    "export": _CONTROL,
}


def allows(roles: Iterable[str], permission: str) -> bool:
    """Whether one of `roles` has `permission`. An unknown permission is a fault of ours: KeyError."""
    return not PERMISSIONS[permission].isdisjoint(roles)


def may_grant(granter_roles: Iterable[str], role: str) -> bool:
    """Whether `granter_roles` may give `role`: network staff any of the staff's, a manager those of a branch."""
    roles = set(granter_roles)
    if role not in ROLES:
        return False
    return NETWORK in roles or (MANAGER in roles and role in {RECEPTIONIST, MANAGER, ACCOUNTANT})
