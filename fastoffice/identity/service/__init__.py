"""Writing who works here: people, roles, branches, sessions."""

from fastoffice.identity.service.profile import change_profile
from fastoffice.identity.service.sessions import end_session, forget_expired_sessions
from fastoffice.identity.service.users import (
    change_access,
    create_user,
    deactivate,
    invite_user,
    reactivate,
    reset_second_factor,
    send_invitation,
)

__all__ = [
    "change_access", "change_profile", "create_user", "deactivate", "end_session", "forget_expired_sessions",
    "invite_user", "reactivate", "reset_second_factor", "send_invitation",
]
