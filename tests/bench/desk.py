"""How long the staff's pages take with a campaign of full size behind them."""

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from campaign import aggregation
from campaign.models import Campaign
from campaign.terms import request_draft_publication
from portal.desk import urls
from tests.approving import approve, person
from tests.bench.loading import execute
from tests.bench.registry import ROUNDS, Result, benchmark, timed
from tests.bench.totals import MEMBERS, NOW, filled_tables
from tests.database import tables_may_be_emptied
from tests.factories.campaign import UserFactory

PUBLISHED_AT = datetime(2024, 12, 1, tzinfo=UTC)
HALF = 0.5  # of the bookings: a million
ASKED_S = 0.3
ANSWERED = {200, 302, 404, 405}  # a page, an opened case, what is not there yet, a button
# They send files or carry work out: no page is waited for.
NO_PAGES = {"desk:audit_export", "desk:announcement_export", "desk:audit_verify"}
ENTERED = """
INSERT INTO entries_entry (campaign_id, wester_id, channel, entered_at)
SELECT {campaign}, 'W' || lpad(n::text, 7, '0'), 'web',
    timestamptz '2024-12-10 12:00+09' + make_interval(secs => n * 7 % 2500000)
FROM generate_series(0, {members} - 1) n"""


@benchmark
def staff_pages(scale: float) -> list[Result]:
    """Open every list and every page of the desk, and search a member, in one process."""
    with filled_tables(scale, bookings=HALF) as campaign:
        prepare(campaign, members=int(MEMBERS * scale))
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(UserFactory.create(is_staff=True, is_superuser=True))
        seconds = {
            address: measured(lambda address=address: browser.get(address))  # type: ignore[misc]
            for address in addresses(campaign)
        }
        for address, one in sorted(seconds.items(), key=lambda item: -item[1])[:5]:
            print(f"  {one:.3f} s {address}")
        search = measured(lambda: browser.post(reverse("desk:member"), {"identifier": "W0000001"}))
        clean_up()
    slowest = max(seconds, key=lambda address: seconds[address])
    return [
        Result("staff_pages", seconds[slowest], f"as asked; slowest: {slowest}", ASKED_S, 1.0),
        Result("staff_pages_search", search, "as asked", ASKED_S, 1.0),
    ]


def prepare(campaign: Campaign, *, members: int) -> None:
    """Publish the campaign, let everybody enter, and make the totals of a night."""
    requested = request_draft_publication(
        campaign=campaign, actor=person("campaign"), at=PUBLISHED_AT
    )
    approve(requested, at=PUBLISHED_AT)
    execute(ENTERED.format(campaign=campaign.pk, members=members), "VACUUM ANALYZE entries_entry")
    started, _created = aggregation.start_run(campaign=campaign, as_of=NOW, full=True)
    aggregation.compute_shards(started)
    aggregation.finish_run(started, at=NOW)
    execute("VACUUM ANALYZE campaign_total")


def addresses(campaign: Campaign) -> list[str]:
    """Return the addresses of every list and of every page that needs a campaign at most."""
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    pages = [address_of(pattern, campaign) for pattern in urls.urlpatterns]
    return [*lists, *(address for address in pages if address)]


def address_of(pattern: URLPattern, campaign: Campaign) -> str | None:
    """Return the address of a page; None where it needs more than a campaign, or is no page."""
    name = f"desk:{pattern.name}"
    if name in NO_PAGES:
        return None
    for arguments in ([], [campaign.code]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return None


def measured(opened: Callable[[], Any]) -> float:
    """Return the median seconds of a page that answers, once it was opened."""
    response: HttpResponse = opened()
    if response.status_code not in ANSWERED:
        raise AssertionError(f"a page answered {response.status_code}")
    return median(timed(opened) for _ in range(ROUNDS))


def clean_up() -> None:
    """Empty what was filled here."""
    with tables_may_be_emptied():
        execute("TRUNCATE entries_entry CASCADE")
