"""The table of forecasts with its constraints.

The function of its constraint stands in lottery/sql/in_order.sql.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from campaign.models import AggregationRun
from lottery.forecast import Forecast, Spread
from lottery.models.draws import counts_by_prize

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class InOrder(models.Func):
    """Whether no number of an array is above that of the next array in the same place."""

    function = "lottery_in_order"
    output_field = models.BooleanField()


def by_prize(label: "StrPromise") -> "ArrayField[Any, Any]":
    """Return a column for a number of each prize."""
    return ArrayField(models.IntegerField(), verbose_name=label)


class StoredForecast(models.Model):
    """A forecast from the totals of one nightly run; staff see them plotted."""

    run = models.OneToOneField(
        AggregationRun, models.PROTECT, related_name="forecast", verbose_name=_("aggregation run")
    )
    computed_at = models.DateTimeField(_("computed at"))
    entrants = models.IntegerField(_("entrants"))
    reward_points = models.BigIntegerField(_("rewards if all won (points)"))
    budget_points = models.BigIntegerField(_("total of all rewards (points)"))
    winners_p10 = by_prize(_("winners, P10"))
    winners_p50 = by_prize(_("winners, P50"))
    winners_p90 = by_prize(_("winners, P90"))
    members_p10 = models.IntegerField(_("members who win, P10"))
    members_p50 = models.IntegerField(_("members who win, P50"))
    members_p90 = models.IntegerField(_("members who win, P90"))
    used_p10 = models.BigIntegerField(_("points used, P10"))
    used_p50 = models.BigIntegerField(_("points used, P50"))
    used_p90 = models.BigIntegerField(_("points used, P90"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.CheckConstraint(
                condition=counts_by_prize("winners_p10", "entrants")
                & counts_by_prize("winners_p90", "entrants")
                & Q(InOrder("winners_p10", "winners_p50", "winners_p90")),
                name="storedforecast_winners_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    members_p10__gte=0,
                    members_p50__gte=F("members_p10"),
                    members_p90__gte=F("members_p50"),
                    entrants__gte=F("members_p90"),
                ),
                name="storedforecast_members_in_order",
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
        return pgettext("heading", "Forecast No. %(number)s") % {"number": self.pk}

    def forecast(self) -> Forecast:
        """Return the stored forecast."""
        return Forecast(
            entrants=self.entrants,
            reward_points=self.reward_points,
            budget_points=self.budget_points,
            winners=tuple(
                Spread(*counts)
                for counts in zip(self.winners_p10, self.winners_p50, self.winners_p90, strict=True)
            ),
            members=Spread(self.members_p10, self.members_p50, self.members_p90),
            used_points=Spread(self.used_p10, self.used_p50, self.used_p90),
        )
