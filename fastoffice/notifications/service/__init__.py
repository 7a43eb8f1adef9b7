"""What others may do with the outbox: owe notices; and what staff does with them by hand."""

from fastoffice.notifications.service.by_hand import mark_mailed, mark_whatsapp_sent, send_again, withdraw
from fastoffice.notifications.service.forgetting import forget_messages
from fastoffice.notifications.service.owing import NoticeSpec, owe_notice, owe_notices
from fastoffice.notifications.service.wording import owe_test_mail, reset_wording, save_wording

__all__ = [
    "NoticeSpec",
    "forget_messages",
    "mark_mailed",
    "mark_whatsapp_sent",
    "owe_notice",
    "owe_notices",
    "owe_test_mail",
    "reset_wording",
    "save_wording",
    "send_again",
    "withdraw",
]
