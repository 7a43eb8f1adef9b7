"""The portal's visitors: who looks at which client's file, and what of it. Used by every page below /portal/."""

from fastoffice.identity.portal.visitor import (
    WHAT,
    Visitor,
    current,
    current_actor,
    find,
    forget,
    require,
    seen_clients,
)

__all__ = ["WHAT", "Visitor", "current", "current_actor", "find", "forget", "require", "seen_clients"]
