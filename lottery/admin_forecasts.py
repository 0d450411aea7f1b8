"""What staff see of forecasts: a plot over the days of each campaign, and the numbers below it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin_totals import CampaignFilter, chosen_campaign
from campaign.models import Campaign
from core.admin_base import ReadOnlyAdmin
from core.clock import JAPAN
from lottery.forecast import Forecast
from lottery.forecast_plot import Plot, plot_days
from lottery.models import StoredForecast


class ForecastCampaignFilter(CampaignFilter):
    """The campaign whose forecasts are listed and plotted; without one there are none."""

    def has_output(self) -> bool:
        """Take part also where no campaign is published."""
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out the forecasts of other campaigns."""
        return super().queryset(request, queryset).filter(run__campaign=self.campaign)


class ForecastAdmin(ReadOnlyAdmin):
    """The forecasts of one campaign, one for each finished run; above them stand its plots."""

    change_list_template = "admin/lottery/forecasts.html"
    list_display = ["as_of", "entrants", "winners", "chance", "used"]
    list_filter = [ForecastCampaignFilter]
    list_select_related = ["run"]
    ordering = ["-id"]

    @admin.display(description=gettext_lazy("as of"))
    def as_of(self, kept: StoredForecast) -> datetime:
        """Return up to when the totals were known."""
        return kept.run.as_of

    @admin.display(description=gettext_lazy("winners (P10 / P50 / P90)"))
    def winners(self, kept: StoredForecast) -> str:
        """Return how many are expected to win."""
        return f"{kept.winners_p10:,} / {kept.winners_p50:,} / {kept.winners_p90:,}"

    @admin.display(description=gettext_lazy("chance of an entrant (P10 / P50 / P90)"))
    def chance(self, kept: StoredForecast) -> str:
        """Return how many of a hundred entrants are expected to win."""
        return in_percent(kept.forecast().chance_percent)

    @admin.display(description=gettext_lazy("use of the budget (P10 / P50 / P90)"))
    def used(self, kept: StoredForecast) -> str:
        """Return how much of the budget is expected to be used."""
        return in_percent(kept.forecast().used_percent)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list below the plots."""
        campaign = chosen_campaign(request)
        plots = plots_of(campaign) if campaign else []
        context = {"plots": plots, "campaign": campaign, **(extra_context or {})}
        return super().changelist_view(request, context)


def in_percent(values: tuple[float, float, float]) -> str:
    """Write a spread of percentages."""
    return " / ".join(f"{value:.2f} %" for value in values)


def plots_of(campaign: Campaign) -> list[Plot]:
    """Return the plots of a campaign over the days of its runs; the last run of a day counts."""
    kept: QuerySet[StoredForecast] = StoredForecast.objects.filter(run__campaign=campaign)
    days = {
        one.run.as_of.astimezone(JAPAN).date(): one.forecast()
        for one in kept.select_related("run").order_by("run__as_of", "id")
    }
    if not days:
        return []
    return [
        plot_days(_("Winners"), [(day, winners_of(one)) for day, one in days.items()]),
        plot_days(
            _("Chance of an entrant (%)"), [(day, one.chance_percent) for day, one in days.items()]
        ),
        plot_days(
            _("Use of the budget (%)"), [(day, one.used_percent) for day, one in days.items()]
        ),
    ]


def winners_of(forecast: Forecast) -> tuple[float, float, float]:
    """Return how many win, at P10, P50 and P90."""
    return (forecast.winners.p10, forecast.winners.p50, forecast.winners.p90)
