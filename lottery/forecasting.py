"""Forecast a campaign's draw from its totals; store one forecast per nightly run."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from campaign.models import AggregationRun, Campaign, Terms
from campaign.queries import working_terms
from lottery.entrant_list import compose_candidates, eligible_members, planned_columns
from lottery.forecast import Forecast, Kind, forecast_draw
from lottery.models import StoredForecast

# Two hash joins over all members.
MEMORY = "SET LOCAL work_mem = '128MB'"


def forecast_campaign(campaign: Campaign) -> Forecast:
    """Forecast the draw as if the list were frozen with the last run's totals."""
    terms = working_terms(campaign)
    return forecast_draw(count_kinds(terms), terms.plan)


def count_kinds(terms: Terms) -> dict[Kind, int]:
    """Return the number of members whom no rule keeps out, by lots and rewards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEMORY)
        lots, *rewards = planned_columns(terms)
        counted = (
            eligible_members(terms)
            .values(lots=lots, **{f"reward_{place}": one for place, one in enumerate(rewards)})
            .annotate(entrants=Count("*"))
        )
        cursor.execute(*compose_candidates(terms, counted))
        return {(lots, tuple(rewards)): count for lots, *rewards, count in cursor.fetchall()}


def store_due_forecasts(*, at: datetime) -> int:
    """Store a forecast for each campaign's last finished run that has none; return how many.

    A campaign whose entrants are frozen needs none. Repeated or concurrent calls store one row.
    """
    runs = runs_without_forecast()
    for run in runs:
        forecast = forecast_campaign(run.campaign)
        StoredForecast.objects.bulk_create(
            [forecast_row(run, forecast, at=at)], ignore_conflicts=True
        )
    return len(runs)


def runs_without_forecast() -> list[AggregationRun]:
    """Return the last finished run of each campaign, where it has no forecast yet."""
    finished = AggregationRun.objects.filter(
        finished_at__isnull=False, campaign__entries_frozen_at__isnull=True
    )
    last = finished.order_by("campaign", "-id").distinct("campaign").values("id")
    forecasts = StoredForecast.objects.filter(run=OuterRef("pk"))
    runs = AggregationRun.objects.filter(~Exists(forecasts), id__in=last)
    return list(runs.select_related("campaign").order_by("id"))


def forecast_row(run: AggregationRun, forecast: Forecast, *, at: datetime) -> StoredForecast:
    """Return the unsaved row of a forecast."""
    return StoredForecast(
        run=run,
        computed_at=at,
        entrants=forecast.entrants,
        reward_points=forecast.reward_points,
        budget_points=forecast.budget_points,
        winners_p10=[spread.p10 for spread in forecast.winners],
        winners_p50=[spread.p50 for spread in forecast.winners],
        winners_p90=[spread.p90 for spread in forecast.winners],
        members_p10=forecast.members.p10,
        members_p50=forecast.members.p50,
        members_p90=forecast.members.p90,
        used_p10=forecast.used_points.p10,
        used_p50=forecast.used_points.p50,
        used_p90=forecast.used_points.p90,
    )
