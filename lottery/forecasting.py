"""Forecast the draw of a campaign from its totals, and keep one forecast for each nightly run."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from campaign.models import AggregationRun, Campaign, Terms
from campaign.queries import working_terms
from campaign.rewards import reward_expression
from entries.rules import any_keeps_out
from lottery.entrant_list import CANDIDATES
from lottery.forecast import Forecast, forecast_draw
from lottery.models import Candidate, KeptForecast

# Two hash tables of members to look things up in.
MEMORY = "SET LOCAL work_mem = '128MB'"


def forecast_campaign(campaign: Campaign) -> Forecast:
    """Forecast the draw as if the entrants were frozen now, with the totals of the last run."""
    terms = working_terms(campaign)
    return forecast_draw(read_rewards(terms), budget=terms.budget_points, policy=terms.policy)


def read_rewards(terms: Terms) -> dict[int, int]:
    """Return how many of those whom no rule keeps out would get which reward."""
    eligible = Candidate.objects.exclude(any_keeps_out(terms)).order_by()
    counted = eligible.values(reward=reward_expression(terms, "counting_total")).annotate(
        entrants=Count("*")
    )
    statement, parameters = counted.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute(f"{CANDIDATES} {statement}", [terms.campaign_id, *parameters])
        return dict(cursor.fetchall())


def keep_due_forecasts(*, at: datetime) -> int:
    """Keep a forecast for each campaign's last finished run that has none; return how many.

    Once the entrants are frozen there is nothing left to forecast. Two at once, or one again, keep
    the same row.
    """
    runs = runs_without_forecast()
    for run in runs:
        forecast = forecast_campaign(run.campaign)
        KeptForecast.objects.bulk_create([kept(run, forecast, at=at)], ignore_conflicts=True)
    return len(runs)


def runs_without_forecast() -> list[AggregationRun]:
    """Return the last finished run of each campaign, where it has no forecast yet."""
    finished = AggregationRun.objects.filter(
        finished_at__isnull=False, campaign__entries_frozen_at__isnull=True
    )
    last = finished.order_by("campaign", "-id").distinct("campaign").values("id")
    forecasts = KeptForecast.objects.filter(run=OuterRef("pk"))
    runs = AggregationRun.objects.filter(~Exists(forecasts), id__in=last)
    return list(runs.select_related("campaign").order_by("id"))


def kept(run: AggregationRun, forecast: Forecast, *, at: datetime) -> KeptForecast:
    """Return the row of a forecast."""
    return KeptForecast(
        run=run,
        computed_at=at,
        entrants=forecast.entrants,
        reward_points=forecast.reward_points,
        budget_points=forecast.budget_points,
        winners_p10=forecast.winners.p10,
        winners_p50=forecast.winners.p50,
        winners_p90=forecast.winners.p90,
        used_p10=forecast.used_points.p10,
        used_p50=forecast.used_points.p50,
        used_p90=forecast.used_points.p90,
    )
