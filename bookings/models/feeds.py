"""The tables of feed files, of quarantined rows and of the inbox, and when feeds are expected."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from bookings.values import ENCODINGS

LOADED = Q(
    status="loaded",
    reason="",
    detail="",
    encoding__in=[*ENCODINGS],
    version__gte=1,
    rows=F("applied") + F("duplicates") + F("quarantined"),
)
REFUSED = Q(
    status="refused", encoding="", version=0, rows=0, applied=0, duplicates=0, quarantined=0
) & ~Q(reason="")
LAST_HOUR, WEEKDAYS = 23, list(range(1, 8))  # Monday is 1
OPEN = Q(status="open", settled_at__isnull=True, settled_by="", note="")
REPLAYED = Q(status="replayed", settled_at__isnull=False)
DISMISSED = Q(status="dismissed", settled_at__isnull=False) & ~Q(settled_by="") & ~Q(note="")


class FeedFile(models.Model):
    """One delivered file and what became of it; a corrected file is another one."""

    class Status(models.TextChoices):
        """What became of the file."""

        LOADED = "loaded", _("loaded")
        REFUSED = "refused", _("not taken")

    name = models.CharField(_("name"), max_length=255)
    feed = models.CharField(_("feed"), max_length=40)
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, db_comment="Of the file as delivered, lower-case hex."
    )
    status = models.CharField(_("state"), max_length=8, choices=Status)
    reason = models.CharField(
        _("reason"),
        max_length=40,
        db_default="",
        blank=True,
        db_comment="Reason code of a refused file.",
    )
    detail = models.TextField(
        _("detail"), db_default="", blank=True, db_comment="The same in a sentence."
    )
    encoding = models.CharField(
        _("encoding"),
        max_length=10,
        db_default="",
        blank=True,
        db_comment="Of a loaded file, by its manifest.",
    )
    version = models.PositiveSmallIntegerField(
        pgettext_lazy("of a feed file", "version"),
        db_default=0,
        db_comment="Of a loaded file, by its manifest; 0 of a refused one.",
    )
    rows = models.BigIntegerField(_("rows"), db_default=0)
    applied = models.BigIntegerField(_("applied"), db_default=0)
    duplicates = models.BigIntegerField(_("duplicates"), db_default=0)
    quarantined = models.BigIntegerField(
        _("quarantined"),
        db_default=0,
        db_comment="At the time of loading; includes rows replayed since.",
    )
    tried_at = models.DateTimeField(
        _("tried at"), db_comment="When it was loaded, or last refused."
    )

    class Meta:
        verbose_name = _("feed file")
        verbose_name_plural = _("feed files")
        constraints = [
            models.CheckConstraint(condition=LOADED | REFUSED, name="feedfile_loaded_or_refused"),
            models.CheckConstraint(
                condition=Q(rows__gte=0, applied__gte=0, duplicates__gte=0, quarantined__gte=0),
                name="feedfile_counts_not_negative",
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=Q(status="loaded"), name="feedfile_content_loaded_once"
            ),
            models.UniqueConstraint(
                fields=["name", "sha256"],
                condition=Q(status="refused"),
                name="feedfile_one_refusal_per_content",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuarantinedRow(models.Model):
    """A row that broke a rule, as delivered; a person or a replay settles it."""

    class Status(models.TextChoices):
        """Whether a person still has to settle it."""

        OPEN = "open", _("waiting for a person")
        REPLAYED = "replayed", _("replayed")
        DISMISSED = "dismissed", _("dismissed")

    file = models.ForeignKey(
        FeedFile, models.PROTECT, related_name="quarantined_rows", verbose_name=_("file")
    )
    record = models.BigIntegerField(_("row"), db_comment="1 is the first after the header.")
    reason = models.CharField(_("reason"), max_length=40)
    content = models.BinaryField(_("content"), db_comment="The first 8,192 bytes as delivered.")
    status = models.CharField(_("state"), max_length=9, choices=Status, db_default=Status.OPEN)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(
        _("settled by"),
        max_length=150,
        db_default="",
        blank=True,
        db_comment="Name of the staff user, or empty.",
    )
    note = models.TextField(
        _("note"), db_default="", blank=True, db_comment="Why it was dismissed."
    )

    class Meta:
        verbose_name = _("quarantined row")
        verbose_name_plural = _("quarantined rows")
        permissions = [("dismiss_quarantinedrow", "Can settle a row without applying it")]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "record"], name="quarantinedrow_one_per_record"
            ),
            models.CheckConstraint(
                condition=OPEN | REPLAYED | DISMISSED, name="quarantinedrow_open_or_settled"
            ),
            models.CheckConstraint(condition=Q(record__gte=1), name="quarantinedrow_record_from_1"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="open"), name="quarantinedrow_open")
        ]

    def __str__(self) -> str:
        words = {"file": self.file.name, "row": self.record}
        return pgettext("heading", "%(file)s, row %(row)s") % words


class InboxFile(models.Model):
    """The state of an inbox file at its last try."""

    name = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(
        max_length=64, db_comment="Of inode, size and change time of the file and of its manifest."
    )
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class FeedExpectation(models.Model):
    """By what hour of Japan's day a feed's file is loaded, and on which weekdays none may come.

    A term of operation: ops change it. The migration writes the rows (bookings/sql).
    """

    feed = models.CharField(_("feed"), max_length=40, primary_key=True)
    by_hour = models.SmallIntegerField(_("by what hour"))
    days_without = ArrayField(
        models.SmallIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("weekdays that may lack one"),
        db_comment="1 is Monday, 7 is Sunday; with all seven no file is ever late.",
    )

    class Meta:
        default_permissions = ()
        permissions = [("change_feedexpectation", "Can change when a feed is expected")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by_hour__range=(0, LAST_HOUR)), name="feedexpectation_hour_of_a_day"
            ),
            models.CheckConstraint(
                condition=Q(days_without__contained_by=WEEKDAYS),
                name="feedexpectation_weekdays_from_1_to_7",
            ),
        ]

    def __str__(self) -> str:
        return str(self.feed)
