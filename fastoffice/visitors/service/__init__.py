"""What the tablet, reception and the portal may do. Every verb is part of the caller's unit of work; nothing commits.

For the tablet, in the order of its steps:
    match_host(branch, text, company="") -> HostMatch        whom they visit; never a list
    recognize(branch, contact) -> Known | None               a returning visitor, by the whole telephone or e-mail
    open_invitation(branch, text, key, actor, now) -> Expected   a code or QR; what does not count calls reception
    rules_to_sign(branch, kind, language, contact_key) -> [ToSign]
    keep_photo(bytes), keep_signature(bytes)                 slow: before the unit of work
    sign_in(branch, SignIn(...), actor, now) -> SignedIn     once by request_key, also for what waited without network
    queries.status(branch, request_key) -> Status | None     what the tablet shows afterwards
    sign_out(branch, text, actor, now, host="") -> SignedOut | None
    call_reception(branch, request_key, actor, now, reason="help", where=…)
    queries.evacuation(branch, now)                          who is inside, for the list without network
"""

from fastoffice.visitors.rules.visits import contact_key, split_contact
from fastoffice.visitors.service.agreeing import Signed, ToSign, end_rules, rules_to_sign, write_rules
from fastoffice.visitors.service.answering import answer, answer_by_link, call_behind, let_in, tell_host
from fastoffice.visitors.service.calling import attend, call_reception
from fastoffice.visitors.service.escalating import escalate_due
from fastoffice.visitors.service.guests import Expected, Known, open_invitation, recognize
from fastoffice.visitors.service.hosts import HostMatch, match_host
from fastoffice.visitors.service.inviting import Invite, cancel_invitation, invite
from fastoffice.visitors.service.keeping import keep_photo, keep_signature
from fastoffice.visitors.service.leaving import SignedOut, close_due, end_visit, sign_out
from fastoffice.visitors.service.policies import policy_of, save_policy
from fastoffice.visitors.service.signing_in import SignedIn, SignIn, sign_in

__all__ = [
    "Expected",
    "HostMatch",
    "Invite",
    "Known",
    "SignIn",
    "Signed",
    "SignedIn",
    "SignedOut",
    "ToSign",
    "answer",
    "answer_by_link",
    "attend",
    "call_behind",
    "call_reception",
    "cancel_invitation",
    "close_due",
    "contact_key",
    "end_rules",
    "end_visit",
    "escalate_due",
    "invite",
    "keep_photo",
    "keep_signature",
    "let_in",
    "match_host",
    "open_invitation",
    "policy_of",
    "recognize",
    "rules_to_sign",
    "save_policy",
    "sign_in",
    "sign_out",
    "split_contact",
    "tell_host",
    "write_rules",
]
