"""People of the staff: created and changed by managers, never by themselves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_security.utils import hash_password

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.errors import Conflict, Refusal
from fastoffice.extensions import db
from fastoffice.identity import mail
from fastoffice.identity.models import PortalAccess, Role, User
from fastoffice.identity.permissions import NETWORK, ROLES
from fastoffice.identity.rules import check_password, normal_form


def create_user(
    actor: Actor, *, email: str, role: str, branches: Sequence[Branch], password: str | None = None,
    name: str = "", language: str | None = None,
) -> User:
    """Create a member of staff. Without a password they set it by the link of an invitation.

    Raises Refusal with its field: address not valid or taken, no such role, no branch, weak password.
    """
    address = _free_address(email)
    _check_access(role, branches)
    if password is not None:
        password = normal_form(password)
        check_password(password, address)
    user = User(
        network_id=branches[0].network_id, email=address, full_name=name.strip(), language=language,
        password=hash_password(password) if password is not None else None, active=True,
        fs_uniquifier=uuid.uuid4().hex, create_datetime=clock.now(), confirmed_at=clock.now(),
    )
    user.roles = [role_named(role)]
    user.branches = list(branches)
    db.session.add(user)
    db.session.flush()
    note(actor, "user.created", user, {"role": role, "branches": [branch.code for branch in branches]})
    return user


def invite_user(
    actor: Actor, *, email: str, role: str, branches: Sequence[Branch], name: str = "",
    language: str | None = None,
) -> User:
    """Create a member of staff and mail them a one-time link to set their password."""
    user = create_user(actor, email=email, role=role, branches=branches, name=name, language=language)
    mail.owe_account_notice(user, mail.RECOVERY if user.password else mail.INVITATION)
    return user


def send_invitation(actor: Actor, user: User) -> None:
    """Mail the link again; the one before stops working only once a password is set or it expires."""
    if not user.active:
        raise Refusal(_l("This account is deactivated."))
    mail.owe_account_notice(user, mail.RECOVERY if user.password else mail.INVITATION)
    note(actor, "user.invited", user, {})


def change_access(
    actor: Actor, user: User, *, role: str, branches: Sequence[Branch], name: str, version: int
) -> None:
    """Give the user this role and these branches; their sessions end when either changes.

    Raises Conflict when somebody else changed the user since `version` was read.
    """
    _check_access(role, branches)
    _take_version(user, version)
    before = ({item.name for item in user.roles}, {item.id for item in user.branches})
    after = ({role}, {item.id for item in branches})
    user.full_name = name.strip()
    user.roles = [role_named(role)]
    user.branches = list(branches)
    if before != after:
        end_all_sessions(user)
    note(actor, "user.changed", user, {"role": role, "branches": [branch.code for branch in branches]})


def deactivate(actor: Actor, user: User, *, version: int) -> None:
    """Stop the user from signing in; whoever acts cannot lock themselves out."""
    if actor.user_id == user.id:
        raise Refusal(_l("You cannot deactivate your own account."))
    _take_version(user, version)
    user.active = False
    end_all_sessions(user)
    note(actor, "user.deactivated", user, {})


def reactivate(actor: Actor, user: User, *, version: int) -> None:
    """Let the user sign in again, with the password they had."""
    _take_version(user, version)
    user.active = True
    note(actor, "user.reactivated", user, {})


def reset_second_factor(actor: Actor, user: User, *, version: int) -> None:
    """Forget the user's second factor (a lost phone); their sessions end."""
    _take_version(user, version)
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    end_all_sessions(user)
    note(actor, "user.second_factor_reset", user, {})


def end_all_sessions(user: User) -> None:
    """Every cookie of this user stops working, and so do links to set a password."""
    user.fs_uniquifier = uuid.uuid4().hex


def role_named(name: str) -> Role:
    """The role's row, created at its first use."""
    role = db.session.scalar(sa.select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role


def _free_address(text: str) -> str:
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refusal(_l("This is not an e-mail address."), field="email") from error
    address = checked.normalized.lower()
    if db.session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == address)) is not None:
        raise Conflict(_l("There is an account with this address already."), field="email")
    return address


def _check_access(role: str, branches: Sequence[Branch]) -> None:
    if role not in ROLES:
        raise Refusal(_l("Choose one of %(roles)s.", roles=", ".join(ROLES)), field="role")
    if not branches:
        raise Refusal(_l("Choose at least one branch."), field="branches")
    if len({branch.network_id for branch in branches}) > 1:
        raise Refusal(_l("All branches of a user belong to one network."), field="branches")


def _take_version(user: User, version: int) -> None:
    """Move the counter from `version` on, unless somebody else did. Raises Conflict."""
    move = sa.update(User).where(User.id == user.id, User.version == version).values(version=version + 1)
    if db.session.execute(move.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_l("Somebody else changed this user meanwhile. Nothing was saved."))
    db.session.refresh(user, ["version"])


def note(actor: Actor, action: str, user: User, data: dict[str, object]) -> None:
    """Note it in the chain of each branch the user works in or is a client of; network staff have their own."""
    everywhere = any(role.name == NETWORK for role in user.roles)
    chains = [audit.NETWORK_CHAIN] if everywhere else [branch.id for branch in user.branches] or _lets_in(user)
    for chain in chains:
        audit.record(actor, action, ("user", user.id), {"email": user.email, **data}, branch_id=chain)


def _lets_in(user: User) -> list[int]:
    """The branches whose portal a client's contact may see."""
    query = sa.select(PortalAccess.branch_id).where(PortalAccess.user_id == user.id).distinct()
    return list(db.session.scalars(query.order_by(PortalAccess.branch_id)))
