"""The files exchanged with the points system, and what people decide of them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from bookings.models import FeedFile
from core.models import Approval
from points.models.payouts import Payout
from points.models.transfers import HASH_BYTES, Transfer


class CreditStatus(models.TextChoices):
    """What became of a credit in the points system."""

    CREDITED = "credited", _("credited")
    REJECTED = "rejected", _("rejected")


class CreditFile(models.Model):
    """The file of a payout's credits as it was first written; it never changes."""

    payout = models.OneToOneField(
        Payout, models.PROTECT, related_name="file", verbose_name=_("payout")
    )
    business_date = models.DateField(_("business date"))
    sequence = models.IntegerField(_("sequence"))
    last_transfer = models.BigIntegerField(
        db_comment="Credits that stood when this was the last transfer are in the file."
    )
    rows = models.IntegerField(_("rows"))
    total_points = models.BigIntegerField(_("points"))
    sha256 = models.CharField(max_length=64)
    exported_at = models.DateTimeField(_("exported at"))

    class Meta:
        # Triggers: points/sql/creditfile_triggers.sql.
        verbose_name = _("credit file")
        verbose_name_plural = _("credit files")
        constraints = [
            models.UniqueConstraint(
                fields=["business_date", "sequence"], name="creditfile_name_once"
            ),
            models.CheckConstraint(
                condition=Q(sequence__gte=1, sequence__lte=999), name="creditfile_sequence_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"credits-{self.business_date:%Y%m%d}-{self.sequence:03}.csv"


class ResultsFile(models.Model):
    """A results file settled for a payout; a file may answer for several payouts.

    Some of its rows may wait in quarantine.
    """

    file = models.ForeignKey(FeedFile, models.PROTECT, related_name="results", db_index=False)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="results", db_index=False)
    business_date = models.DateField()
    sequence = models.IntegerField()
    delivery = models.IntegerField(db_comment="Which of the payout's results files, from 1.")

    class Meta:
        # Triggers: points/sql/resultsfile_triggers.sql.
        verbose_name = _("results file")
        verbose_name_plural = _("results files")
        constraints = [
            models.UniqueConstraint(fields=["payout", "delivery"], name="resultsfile_in_order"),
            models.UniqueConstraint(fields=["file", "payout"], name="resultsfile_once_per_payout"),
        ]

    def __str__(self) -> str:
        return str(self.file)


class CreditAnswer(models.Model):
    """One accepted row of a results file; repeats are rows too."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="answers", db_index=False)
    business_date = models.DateField(db_comment="Of the results file, as the next two.")
    sequence = models.IntegerField()
    delivery = models.IntegerField(db_comment="Which of the payout's results files, from 1.")
    credit_key = models.BinaryField(db_comment="32 bytes.")
    status = models.CharField(_("status"), max_length=8, choices=CreditStatus)
    points = models.BigIntegerField(_("points"))
    detail = models.TextField(_("detail"), db_default="", blank=True)
    processed_at = models.DateTimeField(_("processed at"))

    class Meta:
        # Triggers: points/sql/creditanswer_triggers.sql.
        verbose_name = _("answer of the points system")
        verbose_name_plural = _("answers of the points system")
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(Length("credit_key"), HASH_BYTES)),
                name="creditanswer_key_of_32_bytes",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CreditStatus.values), name="creditanswer_status_known"
            ),
        ]
        indexes = [models.Index(fields=["payout", "credit_key"], name="creditanswer_of_a_key")]

    def __str__(self) -> str:
        return str(self.pk)


class Resolution(models.Model):
    """How a person resolves a key on which both sides differ; in force once approved."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="resolutions", db_index=False)
    credit_key = models.BinaryField(db_comment="32 bytes.")
    verdict = models.CharField(_("verdict"), max_length=8, choices=CreditStatus)
    reason = models.TextField(_("reason"))
    approval = models.OneToOneField(
        Approval, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        # Triggers: points/sql/resolution_triggers.sql.
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        constraints = [
            models.UniqueConstraint(fields=["payout", "credit_key"], name="resolution_one_per_key"),
            models.CheckConstraint(
                condition=Q(verdict__in=CreditStatus.values) & ~Q(reason=""),
                name="resolution_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reversal(models.Model):
    """A person's request to reverse a credit; carried out once approved."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    approval = models.OneToOneField(
        Approval, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        # Triggers: points/sql/reversal_triggers.sql.
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
