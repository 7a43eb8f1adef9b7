"""What others may do with bookings. Wall times are naive and the branch's; nothing here commits."""

from fastoffice.bookings.service.booking import book, book_any, confirm_hold, hold, quote, wish_of
from fastoffice.bookings.service.changing import approve, change
from fastoffice.bookings.service.presence import (
    check_in,
    end_early,
    extend,
    may_check_in,
    quote_longer,
    release_no_shows,
)
from fastoffice.bookings.service.previews import preview
from fastoffice.bookings.service.series import Choice, Occurrence, book_series
from fastoffice.bookings.service.waiting import accept_offer, join_waiting, leave_waiting, offer_waiting
from fastoffice.bookings.service.wishes import Quote, Wish

__all__ = [
    "Choice",
    "Occurrence",
    "Quote",
    "Wish",
    "accept_offer",
    "approve",
    "book",
    "book_any",
    "book_series",
    "change",
    "check_in",
    "confirm_hold",
    "end_early",
    "extend",
    "hold",
    "join_waiting",
    "leave_waiting",
    "may_check_in",
    "offer_waiting",
    "preview",
    "quote",
    "quote_longer",
    "release_no_shows",
    "wish_of",
]
