"""What the tablet shows: how this lobby works, and what became of a visit it knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastoffice.branches.models import Branch
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import policies, signing_in, tokens


@dataclass(frozen=True, slots=True)
class Lobby:
    """How the branch wants its tablet: `privacy_notice` may be empty, `kinds` in their order."""

    asks_photo: bool
    prints_badge: bool
    privacy_notice: str
    kinds: tuple[str, ...] = visits.KINDS


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a visit. state: waiting, coming, wait, refused, in or out; `note` is the host's own word.

    `told`: the host knows of it (else reception comes); `escalated`: nobody answered in time, reception comes.
    """

    state: str
    note: str
    told: bool
    escalated: bool
    arrived_at: datetime
    badge: str


def lobby(branch_id: int) -> Lobby:
    """One statement."""
    policy = policies.policy_of(branch_id)
    return Lobby(policy.asks_photo, policy.prints_badge, policy.privacy_notice)


def status(branch: Branch, request_key: str) -> Status | None:
    """Of the visit that the tablet signed in with this key; None when it knows none."""
    visit = signing_in.by_key(branch.id, request_key)
    if visit is None:
        return None
    told = visit.escalate_at is not None or visit.escalated_at is not None or visit.answered_at is not None
    return Status(visit.state, visit.note, told, visit.escalated_at is not None and visit.answered_at is None,
                  visit.arrived_at, tokens.code_of("badge", visit.badge_nonce))
