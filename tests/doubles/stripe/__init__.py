"""Stripe, as far as FastOffice knows it: a real HTTP server on loopback that the `stripe` package talks to.

    with StripeDouble() as double:                       # double.url is what STRIPE_API_BASE has to say
        double.webhook_to("http://…/webhooks/stripe/…", SECRET)   # or what takes (body, signature), gives a status
        with double.at(moment): …                        # both clocks, the product's and Stripe's
        double.pay(session_id, card="4000000000000002")  # what people do; see double.py
        double.deliver(duplicate=1, reverse=True)        # events wait until the test tells them
        double.away = "lost"                             # done, but the answer is lost; see double.py

Each `sk_test_…` key is an account of its own. Parameters are checked against the types that the `stripe` package
publishes. As a process: `python -m tests.doubles.stripe --port 8420`; others drive it by `/_control/…`.
"""

from tests.doubles.stripe.cards import ASKS_ALWAYS, ASKS_ONCE, DECLINED, GOOD, KEEPS_THEN_FAILS, POOR
from tests.doubles.stripe.double import KEY, SECRET, StripeDouble

__all__ = ["ASKS_ALWAYS", "ASKS_ONCE", "DECLINED", "GOOD", "KEEPS_THEN_FAILS", "KEY", "POOR", "SECRET", "StripeDouble"]
