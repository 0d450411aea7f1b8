"""Every address of staff, with rows to put into it: for tests that walk them all."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import URLPattern, URLResolver, get_resolver

from bookings.loading import load_file
from bookings.models import QuarantinedRow
from entries.cases import open_case
from entries.feeds import FEEDS
from lottery import confirming
from lottery.forecasting import store_due_forecasts
from points import erasing
from points.models import KeyStanding
from portal.desk.campaigns.steps import STEPS
from tests.approving import person
from tests.factories.campaign import (
    ApprovalFactory,
    AuditSealFactory,
    CampaignFactory,
    TermsFactory,
)
from tests.factories.entries import MembershipFactory
from tests.factories.lottery import drawn_draw
from tests.factories.totals import RunFactory
from tests.feedfiles import booking_row, write_feed_file
from tests.points import steps
from tests.points.answers import answer, export, settle

STAFF = "staff/"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
REGEX = re.compile(r"\^?\(\?P<(\w+)>[^)]*\)(/?)\$")
# The pages of an app, and what no other pattern takes.
OF_THE_ADMIN = {"app_label": "points", "url": "nowhere"}
OF_A_MODEL = re.compile(r"staff/(\w+)/(\w+)/(?=.*<)")


def staff_routes() -> list[str]:
    """Return the routes of all addresses below /staff/, sorted, each once."""
    every = routes(get_resolver().url_patterns)
    return sorted({REGEX.sub(r"<regex:\1>\2", route) for route in every if is_of_staff(route)})


def is_of_staff(route: str) -> bool:
    """Return whether a route stands below /staff/."""
    return route.startswith(STAFF)


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Yield the whole route of every pattern."""
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route


def is_of_a_model(route: str) -> bool:
    """Return whether a route is one of those that the admin makes of a model."""
    return any(
        route.startswith(f"staff/{model._meta.app_label}/{model._meta.model_name}/")
        for model in admin.site._registry
    )


def fill(route: str, values: dict[str, str]) -> str:
    """Return the address of a route: a model's page with its first row, else with given values."""
    values = {**OF_THE_ADMIN, **values, **value_of_model(route)}
    return "/" + PARAMETER.sub(lambda found: values.get(found[1], "1"), route)


def value_of_model(route: str) -> dict[str, str]:
    """Return the first row of the model whose page a route is, for any name of its parameter."""
    found = OF_A_MODEL.match(route)
    models = {(one._meta.app_label, one._meta.model_name): one for one in admin.site._registry}
    model = models.get((found[1], found[2])) if found else None
    if model is None:
        return {}
    page = admin.site._registry[model]
    row = model._default_manager.order_by("pk").first()
    if page.opts.model_name == "user":
        row = model._default_manager.filter(is_staff=True).order_by("pk").first()
    return {name: str(quote(row.pk)) for name in ("object_id", "pk")} if row else {}


def play(folder: Path) -> dict[str, str]:
    """Leave what two campaigns leave, and return values for the routes that are no model's.

    One is paid, with answers of the points system of every kind; the result of the other waits for
    its confirmation.
    """
    payout = steps.prepared({f"W90412340{n}": 5_000 + n for n in range(4)})
    steps.leave("W904123400")
    steps.pay(payout)
    rows = export(payout, folder)
    settle(payout, folder, [answer(rows[0]), answer(rows[1], points="1")])
    drawn = drawn_draw({"W904123409": 9_000})
    waiting = confirming.request_confirmation(
        draw=drawn, actor=person("ops"), at=steps.CONFIRMED_AT
    )
    broken = [booking_row(), booking_row(event_id="E2", amount_yen="x"), booking_row(journey="x")]
    for path in (
        write_feed_file(folder, broken),
        write_feed_file(folder, [], sequence=2, manifest={"rows": 3}),
    ):
        load_file(path=path, feeds=FEEDS, loaded_at=steps.CREDIT_AT)
    for state in ("approved", "refused", "superseded"):
        ApprovalFactory.create(**{state: True})
    CampaignFactory.create(draft=True, code="012026121203")
    TermsFactory.create(campaign=payout.draw.campaign)
    AuditSealFactory.create()
    RunFactory.create(campaign=payout.draw.campaign, finished=True)
    store_due_forecasts(at=steps.CREDIT_AT)
    MembershipFactory.create(wester_id="W904123411")
    erasing.request_erasure(
        wester_id="W904123411",
        reason="書面でのお申し出",
        actor=person("support"),
        at=steps.CREDIT_AT,
    )
    assert waiting
    case = open_case(wester_id="W904123403", actor=person("support"), at=steps.CREDIT_AT)
    return {
        "code": payout.draw.campaign.code,
        "token": case.token,
        "slug": STEPS[0].slug,
        "step": "prepare",
        "row": str(QuarantinedRow.objects.latest("pk").pk),
        "key": str(KeyStanding.objects.filter(is_open=True).order_by("id")[0]),
        "approval_id": str(waiting.pk),
    }
