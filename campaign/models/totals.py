"""Members' totals, and the nightly runs that bring them up to date."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import fields
from campaign.models.campaigns import Campaign

RUNNING = Q(finished_at__isnull=True)


class Total(models.Model):
    """What a member's bookings come to under a campaign's rules, as of the last run.

    There is a row for everybody with a booking that counts or may come to count.
    """

    pk = models.CompositePrimaryKey("campaign_id", "wester_id")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="totals")
    wester_id = fields.identifier()
    total_yen = models.BigIntegerField(db_comment="Of the counting bookings.")
    bookings = models.IntegerField(db_comment="How many of them count.")
    awaiting_yen = models.BigIntegerField(
        db_comment="Of bookings that only wait: for the ride, or for their member kind to be clear."
    )

    class Meta:
        verbose_name = _("total")
        verbose_name_plural = _("totals")
        constraints = [
            models.CheckConstraint(
                condition=Q(total_yen__gte=0, bookings__gte=0, awaiting_yen__gte=0),
                name="total_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(bookings__gt=0) | Q(total_yen=0), name="total_yen_of_some_booking"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AggregationRun(models.Model):
    """One computation of totals: of everybody, or of the members that were marked."""

    class Mode(models.TextChoices):
        """Whose totals are computed."""

        FULL = "full", _("full")
        INCREMENTAL = "incremental", _("incremental")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="runs")
    mode = models.CharField(_("mode"), max_length=11, choices=Mode)
    night = models.DateField(
        _("night"),
        null=True,
        blank=True,
        db_comment="Of a nightly run; null when asked for by ops.",
    )
    terms_sha256 = models.CharField(max_length=64, db_comment="Of the terms that it applied.")
    as_of = models.DateTimeField(_("as of"), db_comment="What was loaded by then is in it.")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("aggregation run")
        verbose_name_plural = _("aggregation runs")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=RUNNING, name="aggregationrun_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["campaign", "night"], name="aggregationrun_one_per_night"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["full", "incremental"]), name="aggregationrun_mode_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.as_of}"


class AggregationShard(models.Model):
    """A part of a run, by members; whoever holds the row's lock works on it."""

    run = models.ForeignKey(AggregationRun, models.CASCADE, related_name="shards")
    number = models.SmallIntegerField()
    done = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="aggregationshard_once"),
            models.CheckConstraint(
                condition=Q(number__gte=0), name="aggregationshard_number_from_0"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class DueMember(models.Model):
    """A member whose totals under a campaign have to be computed again.

    Waiting until a run takes the row into one of its shards; gone when that shard is done.
    """

    pk = models.CompositePrimaryKey("campaign_id", "wester_id")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="due_members")
    wester_id = fields.identifier()
    shard = models.ForeignKey(
        AggregationShard, models.PROTECT, null=True, related_name="due_members"
    )

    def __str__(self) -> str:
        return str(self.pk)
