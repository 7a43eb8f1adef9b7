"""The pages that people live in take the same few statements in a small branch and in a large one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.benchmarks import page_data
from tests.factories.people import Cast, make_branch, make_cast, make_user
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements

MOST = 12
PAGES = (
    "/staff/", "/staff/billing/2026-12", "/staff/billing/2026-12?q=garcia", "/staff/billing/2026-11?show=cancelled",
    "/staff/clients/", "/staff/clients/?show=debt", "/staff/contracts/", "/staff/payments/", "/staff/payments/?q=garcia",
    "/staff/outbox/", "/staff/outbox/?state=failed", "/staff/search?q=garcia", "/staff/search?q=PLC-000010",
)


@pytest.fixture(autouse=True)
def day_three() -> Iterator[None]:
    """It is the morning of 3 December in Mexico City."""
    with clock.fixed_at(page_data.NOW):
        yield


def addresses(code: str) -> list[str]:
    """The pages, and those of a branch's open invoice, of a replacement and of one that was paid."""
    mine = sa.select(Invoice.id).join(Branch, Branch.id == Invoice.branch_id).where(Branch.code == code)
    kinds = (Invoice.status == "issued", Invoice.replaces_id.is_not(None), Invoice.paid_at.is_not(None))
    ids = [db.session.scalars(mine.where(kind).order_by(Invoice.id.desc()).limit(1)).one() for kind in kinds]
    return [*PAGES, *(f"/staff/invoices/{key}" for key in ids)]


def costs(browser: Browser, code: str = "PLC") -> dict[int, tuple[str, int]]:
    """Statements of each page in turn, fragments as htmx asks for them."""
    found = {}
    for place, address in enumerate(addresses(code)):
        headers = htmx_headers() if "search?" in address else {}
        browser.get(address, headers=headers)
        with counted_statements() as seen:
            assert browser.get(address, headers=headers).status_code == 200
        found[place] = (address, len(seen))
    return found


def most(found: dict[int, tuple[str, int]]) -> int:
    return max(count for _address, count in found.values())


def manager_of(app: Flask, code: str, invoices: int) -> Browser:
    """A branch with so many invoices, and its manager's browser."""
    branch = make_branch(code)
    user = make_user("manager", [branch], email=f"{code.lower()}@fastoffice.example")
    page_data.fill(branch, invoices)
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(user)
    return browser


def test_three_hundred_invoices_cost_no_more_statements_than_sixty(app: Flask) -> None:
    few = costs(manager_of(app, "PLC", 60))
    many = costs(manager_of(app, "TIJ", 300), "TIJ")
    assert most(few) <= MOST, few
    assert all(many[place][1] <= few[place][1] for place in few), (few, many)


@pytest.mark.parametrize("role", ["mariana", "accountant", "network"])
def test_every_role_pays_the_same(app: Flask, role: str) -> None:
    cast: Cast = make_cast()
    page_data.fill(cast.polanco, 30)
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(getattr(cast, role))
    found = costs(browser)
    assert most(found) <= MOST, found
