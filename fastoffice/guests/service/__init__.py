"""What others may do with guests' bookings. Nothing here commits but `looking`, which asks the processor in between."""

from fastoffice.guests.service.cancelling import cancel, refund_of
from fastoffice.guests.service.looking import look, look_after
from fastoffice.guests.service.ordering import Order, check_branch, guest_of, place

__all__ = ["Order", "cancel", "check_branch", "guest_of", "look", "look_after", "place", "refund_of"]
