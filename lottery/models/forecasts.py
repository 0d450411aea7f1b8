"""The table of forecasts with its constraints."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models import AggregationRun
from lottery.forecast import Forecast, Spread


class StoredForecast(models.Model):
    """A forecast from the totals of one nightly run; staff see them plotted."""

    run = models.OneToOneField(
        AggregationRun, models.PROTECT, related_name="forecast", verbose_name=_("aggregation run")
    )
    computed_at = models.DateTimeField(_("computed at"))
    entrants = models.IntegerField(_("entrants"))
    reward_points = models.BigIntegerField(_("rewards if all won (points)"))
    budget_points = models.BigIntegerField(_("total of all rewards (points)"))
    winners_p10 = models.IntegerField(_("winners, P10"))
    winners_p50 = models.IntegerField(_("winners, P50"))
    winners_p90 = models.IntegerField(_("winners, P90"))
    used_p10 = models.BigIntegerField(_("points used, P10"))
    used_p50 = models.BigIntegerField(_("points used, P50"))
    used_p90 = models.BigIntegerField(_("points used, P90"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    winners_p10__gte=0,
                    winners_p50__gte=F("winners_p10"),
                    winners_p90__gte=F("winners_p50"),
                    entrants__gte=F("winners_p90"),
                ),
                name="storedforecast_winners_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    used_p10__gte=0,
                    used_p50__gte=F("used_p10"),
                    used_p90__gte=F("used_p50"),
                    budget_points__gte=F("used_p90"),
                ),
                name="storedforecast_points_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}"

    def forecast(self) -> Forecast:
        """Return the stored forecast."""
        return Forecast(
            entrants=self.entrants,
            reward_points=self.reward_points,
            budget_points=self.budget_points,
            winners=Spread(self.winners_p10, self.winners_p50, self.winners_p90),
            used_points=Spread(self.used_p10, self.used_p50, self.used_p90),
        )
