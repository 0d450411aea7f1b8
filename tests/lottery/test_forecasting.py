"""The forecast of a campaign: over eligible members, stored once a run, shown to staff."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from campaign.models import AggregationRun, Campaign
from config.env import MovedClock
from core.roles import ACCOUNTS, ROLES
from lottery.forecast import Spread
from lottery.forecasting import count_kinds, forecast_campaign, store_due_forecasts
from lottery.models import StoredForecast
from lottery.tasks import store_forecasts
from tests.commands import run_json
from tests.factories.campaign import (
    FIRST_TERMS,
    JAPAN,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)
from tests.factories.entries import EntryFactory, MembershipFactory
from tests.factories.totals import RunFactory, TotalFactory
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
AT = datetime(2024, 12, 28, 4, tzinfo=JAPAN)
FORECASTS = "/staff/lottery/storedforecast/"


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign that three members may win in, and four may not."""
    campaign: Campaign = CampaignFactory.create(published=True)
    totals = {"low": 4_999, "least": 5_000, "some": 12_340, "cap": 20_000, "over": 31_000}
    for wester_id, total in {**totals, "left": 9_000, "absent": 9_000}.items():
        TotalFactory.create(campaign=campaign, wester_id=wester_id, total_yen=total)
        if wester_id != "absent":
            EntryFactory.create(campaign=campaign, wester_id=wester_id)
    EntryFactory.create(campaign=campaign, wester_id="without a total")
    MembershipFactory.create(wester_id="left", status="withdrawn")
    return campaign


def finish_run(campaign: Campaign, *, day: int = 28) -> AggregationRun:
    """Leave a finished run of a day of December."""
    as_of = datetime(2024, 12, day, 3, tzinfo=JAPAN)
    run: AggregationRun = RunFactory.create(campaign=campaign, as_of=as_of, finished_at=as_of)
    return run


def stored_values(**changed: Any) -> dict[str, Any]:
    """Return the columns of a row."""
    values: dict[str, Any] = {key: [2, 1] for key in ("winners_p10", "winners_p50", "winners_p90")}
    values |= dict.fromkeys(("members_p10", "members_p50", "members_p90"), 2)
    values |= dict.fromkeys(("used_p10", "used_p50", "used_p90"), 20)
    values |= {"entrants": 2, "reward_points": 20, "budget_points": 20}
    return {**values, "computed_at": AT, **changed}


def test_kinds_are_of_members_whom_no_rule_keeps_out(campaign: Campaign) -> None:
    assert count_kinds(campaign.terms.get()) == {
        (1, (5_000,)): 1,
        (1, (12_340,)): 1,
        (1, (20_000,)): 2,
    }


def test_kinds_have_lots_and_the_rewards_of_every_prize() -> None:
    campaign = CampaignFactory.create(
        published=True,
        first__lots_yen=5_000,
        first__lots_most=3,
        first__prizes=[{"kind": "fixed", "points": 9}, {"kind": "pool", "points": 100}],
    )
    for member, total in (("one", 5_000), ("two", 12_000), ("two too", 14_999), ("low", 4_999)):
        TotalFactory.create(campaign=campaign, wester_id=member, total_yen=total)
        EntryFactory.create(campaign=campaign, wester_id=member)
    assert count_kinds(campaign.terms.get()) == {(1, (9, 20)): 1, (2, (9, 40)): 2}


def test_forecast_is_under_the_campaigns_terms(campaign: Campaign) -> None:
    forecast = forecast_campaign(campaign)
    assert (forecast.entrants, forecast.budget_points) == (4, 100_000_000)
    assert forecast.winners == (Spread(4, 4, 4),)


def test_a_forecast_is_stored_once_for_the_last_finished_run(campaign: Campaign) -> None:
    finish_run(campaign, day=27)
    run = finish_run(campaign)
    RunFactory.create(campaign=campaign)
    assert (store_due_forecasts(at=AT), store_due_forecasts(at=AT)) == (1, 0)
    stored = StoredForecast.objects.get()
    assert (stored.run, stored.computed_at) == (run, AT)
    assert stored.forecast() == forecast_campaign(campaign)


def test_nothing_is_forecast_once_the_entrants_are_frozen(campaign: Campaign) -> None:
    finish_run(campaign)
    Campaign.objects.update(entries_frozen_at=AT)
    assert store_due_forecasts(at=AT) == 0


def test_the_task_stores_due_forecasts(campaign: Campaign, settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(AT, runs=False)
    finish_run(campaign)
    assert store_forecasts() == 1
    assert StoredForecast.objects.get().computed_at == AT


def test_the_command_tells_spreads(campaign: Campaign) -> None:
    printed = run_json("draw", "forecast", campaign.code)
    assert printed["entry_count"] == 4
    assert printed["winners"] == [{"p10": 4, "p50": 4, "p90": 4}]
    assert printed["members"] == {"p10": 4, "p50": 4, "p90": 4}
    assert printed["chance_percent"] == {"p10": 100.0, "p50": 100.0, "p90": 100.0}
    assert printed["total_points"]["p90"] <= printed["budget_points"] == 100_000_000


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param(
            {"winners_p10": [-1, 1]}, "storedforecast_winners_in_order", id="below nobody"
        ),
        pytest.param(
            {"winners_p50": [2, 0]}, "storedforecast_winners_in_order", id="P50 below P10"
        ),
        pytest.param(
            {"winners_p90": [1, 1]}, "storedforecast_winners_in_order", id="P90 below P50"
        ),
        pytest.param(
            {"winners_p90": [2, 3]}, "storedforecast_winners_in_order", id="more than there are"
        ),
        pytest.param({"winners_p50": [2]}, "storedforecast_winners_in_order", id="a prize less"),
        pytest.param(
            {key: [] for key in ("winners_p10", "winners_p50", "winners_p90")},
            "storedforecast_winners_in_order",
            id="no prize",
        ),
        pytest.param({"members_p10": -1}, "storedforecast_members_in_order", id="nobody's member"),
        pytest.param({"members_p50": 1}, "storedforecast_members_in_order", id="P50 members"),
        pytest.param({"members_p90": 1}, "storedforecast_members_in_order", id="P90 members"),
        pytest.param({"members_p90": 3}, "storedforecast_members_in_order", id="more members"),
        pytest.param({"used_p10": -1}, "storedforecast_points_in_order", id="below nothing"),
        pytest.param({"used_p50": 19}, "storedforecast_points_in_order", id="P50 points below P10"),
        pytest.param({"used_p90": 19}, "storedforecast_points_in_order", id="P90 points below P50"),
        pytest.param({"budget_points": 19}, "storedforecast_points_in_order", id="over the budget"),
    ],
)
def test_a_forecast_out_of_order_is_refused(
    campaign: Campaign, changes: dict[str, Any], name: str
) -> None:
    run = finish_run(campaign)
    with refused_as(name):
        StoredForecast.objects.create(run=run, **stored_values(**changes))
    StoredForecast.objects.create(run=run, **stored_values())


def test_a_run_has_one_forecast(campaign: Campaign) -> None:
    run = finish_run(campaign)
    StoredForecast.objects.create(run=run, **stored_values())
    with refused_as("lottery_storedforecast_run_id_key"):
        StoredForecast.objects.create(run=run, **stored_values())


@pytest.mark.parametrize("role", sorted({*ROLES} - {ACCOUNTS}))
def test_staff_see_the_plots_over_the_days(campaign: Campaign, role: str) -> None:
    for day in (27, 28, 30):
        finish_run(campaign, day=day)
        store_due_forecasts(at=AT + timedelta(days=day))
    client = Client()
    client.force_login(UserFactory.create(role=role))
    page = client.get(FORECASTS).content.decode()
    assert page.count("<polyline") == page.count("<polygon") == 3
    assert "2024-12-27" in page
    assert "2024-12-30" in page
    assert "4 / 4 / 4" in page
    assert "100.00 % / 100.00 % / 100.00 %" in page


def test_the_plots_are_of_a_published_campaign_and_of_the_one_chosen(campaign: Campaign) -> None:
    finish_run(campaign, day=27)
    draft = CampaignFactory.create(code="a-draft", draft=True)
    finish_run(draft, day=28)
    opens_at = FIRST_TERMS["opens_at"] + timedelta(seconds=1)
    later = TermsFactory.create(campaign__code="later", published=True, opens_at=opens_at).campaign
    finish_run(later, day=29)
    assert store_due_forecasts(at=AT) == 3
    client = Client()
    client.force_login(UserFactory.create(role="ops"))

    def plotted(**parameters: str) -> tuple[str, int]:
        context = client.get(FORECASTS, parameters).context
        return context["campaign"].code, len(context["cl"].result_list)

    assert client.get(FORECASTS).context["campaign"] is None  # several are public
    assert plotted(campaign="later") == ("later", 1)
    assert plotted(campaign=campaign.code) == (campaign.code, 1)
    assert client.get(FORECASTS, {"campaign": "a-draft"}).status_code == 302


def test_staff_see_no_forecast_of_a_draft() -> None:
    draft = CampaignFactory.create(draft=True)
    finish_run(draft, day=28)
    store_due_forecasts(at=AT)
    client = Client()
    client.force_login(UserFactory.create(role="ops"))
    response = client.get(FORECASTS)
    assert list(response.context["cl"].result_list) == []
    assert b"<polyline" not in response.content


def test_staff_see_no_plot_before_the_first_forecast() -> None:
    client = Client()
    client.force_login(UserFactory.create(role="ops"))
    response = client.get(FORECASTS)
    assert response.status_code == 200
    assert b"<polyline" not in response.content
