"""Mails about accounts: owed in the outbox like every other, worded by us, links made when they are sent.

The outbox keeps no secret: the link of a notice is made from the account at the moment of sending, from
BASE_URL and never from the Host header of whoever asked for it.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_security.mail_util import MailUtil
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy.orm import joinedload

from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.identity.models import PortalAccess, User
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice
from fastoffice.notifications.service import NoticeSpec, owe_notice

INVITATION, RECOVERY, CHANGED = "account_invitation", "account_recovery", "account_changed"
KINDS = (INVITATION, RECOVERY, CHANGED)
_KIND_OF = {
    "security/email/reset_instructions": RECOVERY,
    "security/email/reset_notice": CHANGED,
    "security/email/change_notice": CHANGED,
}


class AccountMail(MailUtil):
    """What Flask-Security would send by itself goes to the outbox, with its cause."""

    def send_mail(self, template: str, *_texts: Any, **context: Any) -> None:
        """Owe the notice of this kind to the account's owner; texts are made when it is sent."""
        user: User = context["user"]
        kind = _KIND_OF[template]
        if kind == RECOVERY and not user.password and not access.is_client(user):
            kind = INVITATION
        owe_account_notice(user, kind)


def owe_account_notice(user: User, kind: str) -> None:
    """Queue one mail about the account; each call is an occasion of its own."""
    branch = next(iter(access.branches_of(user)), None) or _branch_in_portal(user)
    owe_notice(NoticeSpec(
        branch_id=branch.id if branch else 0, kind=kind, subject=("user", user.id),
        occasion=secrets.token_hex(8), party_name=user.full_name or user.email,
        language=user.language or (branch.language if branch else "es"), emails=[user.email],
        context={
            "contact_name": user.full_name or user.email,
            "account_email": user.email,
            "branch_name": branch.name if branch else "FastOffice",
            "branch_phone": branch.phone if branch else "",
        },
    ))


def _branch_in_portal(user: User) -> Branch | None:
    """The branch that lets a client's contact in, the first of several."""
    query = sa.select(Branch).join(PortalAccess, PortalAccess.branch_id == Branch.id)
    return db.session.scalar(query.where(PortalAccess.user_id == user.id).order_by(PortalAccess.client_id).limit(1))


def links(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The secret part of each notice, as of now: the link with which its reader sets a password."""
    owners = sa.select(Notice.id, Notice.subject_id).where(Notice.id.in_(notice_ids))
    of_notice = {row.id: row.subject_id for row in db.session.execute(owners)}
    query = sa.select(User).where(User.id.in_(set(of_notice.values()))).options(joinedload(User.roles))
    users = {user.id: user for user in db.session.scalars(query).unique()}
    return {
        notice: {"account_link": password_link(users[owner])}
        for notice, owner in of_notice.items() if owner in users
    }


def password_link(user: User) -> str:
    """The address where `user` sets a password; works once and for SECURITY_RESET_PASSWORD_WITHIN."""
    base = current_app.config["SETTINGS"].base_url
    return f"{base}{current_app.config['SECURITY_RESET_URL']}/{generate_reset_password_token(user)}"


def init_app() -> None:
    """Tell the outbox who knows the links."""
    for kind in (INVITATION, RECOVERY):
        registry.register(kind, values=links)
