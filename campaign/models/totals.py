"""Members' totals, and the nightly runs that bring them up to date.

The triggers of totals are in campaign/sql/total_triggers.sql.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from bookings.models import fields
from campaign.facts import FACTS
from campaign.models.campaigns import Campaign
from campaign.models.terms import Terms

RUNNING = Q(finished_at__isnull=True)
DONE = Q(done=True, members__isnull=True)


class Total(models.Model):
    """What a member's bookings come to under a campaign's rules, as of the last run.

    There is a row for each member with a booking that counts or may come to count.
    """

    pk = models.CompositePrimaryKey("campaign_id", "wester_id")
    # The key begins with the campaign, so it needs no index of its own. A foreign key would be
    # checked row by row, which doubles the cost of writing; the triggers check whole statements.
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="totals", db_index=False, db_constraint=False
    )
    wester_id = fields.identifier()
    total_yen = models.BigIntegerField(db_comment="Of the counting bookings.")
    bookings = models.IntegerField(db_comment="How many of them count.")
    awaiting_yen = models.BigIntegerField(
        db_comment="Of bookings that only wait: for the ride, or for their member kind to be clear."
    )
    facts = models.SmallIntegerField(
        default=0, db_default=0, db_comment="Bits of campaign.facts, by the counting bookings."
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
            models.CheckConstraint(
                condition=Q(facts__range=(0, 2 ** len(FACTS) - 1))
                & (Q(bookings__gt=0) | Q(facts=0)),
                name="total_facts_of_some_booking",
            ),
        ]

    def __str__(self) -> str:
        return str(self.campaign_id)


class AggregationMode(models.TextChoices):
    """Whose totals a run computes."""

    FULL = "full", _("full")
    INCREMENTAL = "incremental", _("incremental")


class AggregationRun(models.Model):
    """One computation of totals: of all members, or of those that were marked."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="runs", verbose_name=_("campaign")
    )
    mode = models.CharField(_("mode"), max_length=11, choices=AggregationMode)
    night = models.DateField(
        _("night"),
        null=True,
        blank=True,
        db_comment="Of a nightly run; null when ops started it.",
    )
    terms = models.ForeignKey(
        Terms,
        models.PROTECT,
        related_name="+",
        verbose_name=_("terms"),
        db_comment="Applied by every shard, whatever is published while it runs.",
    )
    terms_sha256 = models.CharField(
        max_length=64, db_comment="Of those terms as the run began: a draft can change."
    )
    as_of = models.DateTimeField(_("as of"), db_comment="What was loaded by then is in it.")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("aggregation run")
        verbose_name_plural = _("aggregation runs")
        permissions = [("start_run", "Can start the totals of a campaign")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=RUNNING, name="aggregationrun_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["campaign", "night"], name="aggregationrun_one_per_night"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=AggregationMode.values), name="aggregationrun_mode_known"
            ),
        ]

    def __str__(self) -> str:
        day = self.night or localtime(self.as_of).date()
        words = {"day": formats.date_format(day), "mode": self.get_mode_display()}
        return pgettext("heading", "Totals of %(day)s (%(mode)s)") % words


class AggregationShard(models.Model):
    """Some members of a run; the worker that has locked the row computes them."""

    run = models.ForeignKey(AggregationRun, models.PROTECT, related_name="shards", db_index=False)
    number = models.IntegerField()
    members = ArrayField(
        fields.identifier(),
        null=True,
        db_comment="Whom an incremental run computes here, until it is done; null in a full one.",
    )
    done = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="aggregationshard_once"),
            models.CheckConstraint(
                condition=Q(number__gte=0), name="aggregationshard_number_from_0"
            ),
            models.CheckConstraint(
                condition=Q(done=False) | DONE, name="aggregationshard_done_names_no_members"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class DueMember(models.Model):
    """A member whose totals the campaign's next run computes again."""

    pk = models.CompositePrimaryKey("campaign_id", "wester_id")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="due_members", db_index=False
    )
    wester_id = fields.identifier()

    def __str__(self) -> str:
        return str(self.campaign_id)


class ReasonCount(models.Model):
    """How many bookings a reason rejected after a run, and their yen; ``counts``: no reason did."""

    run = models.ForeignKey(
        AggregationRun, models.PROTECT, related_name="reason_counts", db_index=False
    )
    code = models.CharField(
        max_length=40, db_comment="Of campaign.rules; or pending, or counts: without a reason."
    )
    bookings = models.BigIntegerField()
    yen = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "code"], name="reasoncount_once"),
            models.CheckConstraint(
                condition=Q(bookings__gte=0, yen__gte=0), name="reasoncount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.code}"
