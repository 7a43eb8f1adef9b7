"""Rooms and what is booked in them."""

from fastoffice.bookings.models.bookings import Booking, BookingSeries, BookingSpace, WaitingEntry
from fastoffice.bookings.models.feeds import CalendarFeed, PersonFeed
from fastoffice.bookings.models.hours import HoursEntry
from fastoffice.bookings.models.resources import Blackout, BookingPolicy, Resource, ResourcePart, ResourceRate

__all__ = [
    "Blackout",
    "Booking",
    "BookingPolicy",
    "BookingSeries",
    "BookingSpace",
    "CalendarFeed",
    "HoursEntry",
    "PersonFeed",
    "Resource",
    "ResourcePart",
    "ResourceRate",
    "WaitingEntry",
]
