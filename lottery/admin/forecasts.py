"""The admin page of forecasts: a campaign's plots above the list of its runs."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.campaign_filter import CampaignFilter, choice_hint, chosen_campaign
from campaign.models import Campaign
from core.admin_base import ReadOnlyAdmin
from core.clock import JAPAN
from lottery.forecast import Forecast
from lottery.forecast_plot import Plot, plot_days
from lottery.models import StoredForecast


class ForecastCampaignFilter(CampaignFilter):
    """Choose the campaign whose forecasts are listed and plotted."""

    def has_output(self) -> bool:
        """Return True: without a published campaign the filter empties the list."""
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the forecasts of the chosen campaign."""
        return super().queryset(request, queryset).filter(run__campaign=self.campaign)


@admin.register(StoredForecast)
class ForecastAdmin(ReadOnlyAdmin):
    """The forecasts of one campaign, one per finished run, below their plots."""

    change_list_template = "admin/lottery/forecasts.html"
    list_display = ["as_of", "entrants", "winners", "chance", "used"]
    list_filter = [ForecastCampaignFilter]
    list_select_related = ["run"]
    ordering = ["-id"]

    @admin.display(description=gettext_lazy("as of"))
    def as_of(self, stored: StoredForecast) -> datetime:
        """Return the instant of the totals that the forecast is based on."""
        return stored.run.as_of

    @admin.display(description=gettext_lazy("winners (P10 / P50 / P90)"))
    def winners(self, stored: StoredForecast) -> str:
        """Return the forecast number of winners of each prize."""
        return "; ".join(
            f"{spread.p10:,} / {spread.p50:,} / {spread.p90:,}"
            for spread in stored.forecast().winners
        )

    @admin.display(description=gettext_lazy("chance of an entrant (P10 / P50 / P90)"))
    def chance(self, stored: StoredForecast) -> str:
        """Return the forecast percentage of entrants who win."""
        return in_percent(stored.forecast().chance_percent)

    @admin.display(description=gettext_lazy("use of the budget (P10 / P50 / P90)"))
    def used(self, stored: StoredForecast) -> str:
        """Return the forecast percentage of the budget that is used."""
        return in_percent(stored.forecast().used_percent)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the plots above the list."""
        campaign = chosen_campaign(request)
        plots = plots_of(campaign) if campaign else []
        context = {
            "plots": plots,
            "campaign": campaign,
            "subtitle": None if campaign else choice_hint(),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)


def in_percent(values: tuple[float, float, float]) -> str:
    """Format three percentages on one line."""
    return " / ".join(f"{value:.2f} %" for value in values)


def plots_of(campaign: Campaign) -> list[Plot]:
    """Return a campaign's plots over its days, with the last run of each day."""
    stored: QuerySet[StoredForecast] = StoredForecast.objects.filter(run__campaign=campaign)
    days = {
        one.run.as_of.astimezone(JAPAN).date(): one.forecast()
        for one in stored.select_related("run").order_by("run__as_of", "id")
    }
    if not days:
        return []
    prizes = min(len(one.winners) for one in days.values())
    winners = [
        plot_days(title, [(day, spread_of_prize(one, place)) for day, one in days.items()])
        for place, title in enumerate(titles_of(prizes))
    ]
    return [
        *winners,
        plot_days(
            _("Chance of an entrant (%)"), [(day, one.chance_percent) for day, one in days.items()]
        ),
        plot_days(
            _("Use of the budget (%)"), [(day, one.used_percent) for day, one in days.items()]
        ),
    ]


def titles_of(prizes: int) -> list[str]:
    """Return the title of the plot of each prize's winners."""
    if prizes == 1:
        return [_("Winners")]
    return [_("Winners of prize %(number)s") % {"number": place + 1} for place in range(prizes)]


def spread_of_prize(forecast: Forecast, place: int) -> tuple[float, float, float]:
    """Return the numbers of a prize's winners at P10, P50 and P90."""
    spread = forecast.winners[place]
    return (spread.p10, spread.p50, spread.p90)
