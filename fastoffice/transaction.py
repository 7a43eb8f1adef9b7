"""The only commit: one unit of work per request, command or job.

A unit runs whole or not at all. When the database refuses it for a passing reason (locked, serialisation,
deadlock) the whole unit runs again; that is why effects (queue, mail, files) go through `after_commit`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from fastoffice import audit
from fastoffice.extensions import db, writing

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 5
_PASSING = ("database is locked", "database table is locked")
_PASSING_STATES = {"40001", "40P01", "55P03"}
# the same request at the same moment: the second attempt finds what the first one made
_SAID_TWICE = (
    "request_key", "uq_pending_charge_branch_id_origin", "uq_bank_account_branch_id_clabe", "uq_branch_code",
    "uq_branch_holiday_branch_id_day", "uq_card_account_branch_id", "uq_column_mapping_branch_id_header",
    "uq_contract_branch_id_code",
    "uq_franchisee_network_id_name", "uq_line_price_contract_line_id_valid_from", "uq_office_branch_id_code",
    "uq_message_template_branch_id_kind_channel_language", "uq_series_branch_id_kind_prefix",
    "uq_hours_entry_contract_id_month_source", "uq_calendar_feed_room", "uq_calendar_feed_client", "uq_person_feed",
    "uq_portal_access_user_id", "uq_role_name", "uq_tax_profile_branch_id_code", "uq_user_account_email",
    "uq_visitor_branch_id_contact_key", "uq_mail_batch_open", "uq_mail_item_tracking", "uq_mail_request_open",
    "uq_mail_alias_branch_id_alias_key", "uq_mail_nominee_name", "pk_mail_policy", "pk_mail_sheet",
    "uq_resource_branch_id_name", "uq_resource_rate_when", "pk_booking_policy", "pk_resource_part",
    "uq_house_rules_branch_id_kind_number", "pk_visit_policy",
)


def after_commit(effect: Callable[[], Any], key: object = None) -> None:
    """Run `effect` once the unit under way is committed; dropped when it is rolled back.

    Effects of the same `key` happen once per unit.
    """
    effects = db.session.info.setdefault("effects", {})
    effects.setdefault(key if key is not None else len(effects), effect)


def is_passing(error: Exception) -> bool:
    """True for refusals of the database that go away when the unit is tried again."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error, IntegrityError):
        return any(name in str(error.orig) for name in _SAID_TWICE)
    state = getattr(error.orig, "sqlstate", None)
    return state in _PASSING_STATES or (
        isinstance(error, OperationalError) and any(text in str(error.orig) for text in _PASSING)
    )


def run(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work` as one unit: commit, then its effects. Raises whatever `work` raises, rolled back."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            result = _once(work, *args, **kwargs)
            break
        except DBAPIError as error:
            if attempt == ATTEMPTS or not is_passing(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
    _run_effects()
    return result


def _once(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    if writing.get():
        raise RuntimeError("a unit of work is open already: services compose inside one, they do not nest")
    session = db.session()  # itself: the registry would look it up at each step
    session.rollback()  # ends a read that began before, so that the unit starts from what is true now
    session.info.pop("effects", None)
    audit.forget(session)
    token = writing.set(True)
    try:
        result = work(*args, **kwargs)
        session.flush()
        audit.seal(session)
        session.commit()
        return result
    except BaseException:
        session.rollback()
        session.info.pop("effects", None)
        audit.forget(session)
        raise
    finally:
        writing.reset(token)


def _run_effects() -> None:
    for effect in db.session.info.pop("effects", {}).values():
        effect()
