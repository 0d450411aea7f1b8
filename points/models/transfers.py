"""One row moves points from one account to another, so the books balance by construction."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.models import Approval
from lottery.models import Award
from points.models.accounts import Account

if TYPE_CHECKING:  # generic only in its stubs
    ForeignKey = models.ForeignKey[Any, Any]
else:
    ForeignKey = models.ForeignKey

HASH_BYTES = 32
OF_AN_AWARD = ["reserve", "credit", "release", "forfeit", "expire"]


class UncheckedKey(ForeignKey):
    """A foreign key that the trigger checks once for each statement, not row by row."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        super().__init__(to, on_delete, **{"db_index": False, "db_constraint": False, **options})


class Eight(Func):
    """A number as eight bytes; null as 0, which is no row's key."""

    function = "int8send"
    template = "%(function)s(COALESCE(%(expressions)s, 0)::bigint)"


class Days(Func):
    """A day as the number of days since 2000-01-01; null is null."""

    template = "%(expressions)s - DATE '2000-01-01'"


class Sha256(Func):
    """The SHA-256 of expressions of bytes, one after the other."""

    function = "sha256"
    arg_joiner = " || "
    output_field = models.BinaryField()


class Transfer(models.Model):
    """A move of points; a mistake is reversed, never edited.

    Source: docs/specs/points.md 1.
    """

    class Kind(models.TextChoices):
        """From which account to which."""

        GRANT = "grant", _("grant")  # issuer to budget
        RESERVE = "reserve", _("reserve")  # budget to reserved
        CREDIT = "credit", _("credit")  # reserved to member
        RELEASE = "release", _("release")  # reserved to budget
        FORFEIT = "forfeit", _("forfeit")  # reserved to forfeited
        EXPIRE = "expire", _("expire")  # member to expired
        REVERSE = "reverse", _("reversal")  # the mirror of another transfer

    key = models.BinaryField(db_comment="32 bytes, computed from what the transfer is for.")
    payload = models.GeneratedField(
        expression=Sha256(
            Eight("from_account"),
            Eight("to_account"),
            Eight("points"),
            Eight("award"),
            Eight("reverses"),
            Eight(Days("expires_on")),
            Cast("kind", models.BinaryField()),
        ),
        output_field=models.BinaryField(),
        db_persist=True,
        db_comment="Hash of what the transfer does; the same key never does anything else.",
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    from_account = UncheckedKey(Account, related_name="transfers_from", verbose_name=_("from"))
    to_account = UncheckedKey(Account, related_name="transfers_to", verbose_name=_("to"))
    points = models.BigIntegerField(_("points"))
    award = UncheckedKey(
        Award, related_name="transfers", null=True, blank=True, verbose_name=_("award")
    )
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, db_comment="The last day the points are valid."
    )
    reverses = UncheckedKey(
        "self", related_name="reversals", null=True, blank=True, verbose_name=_("reverses")
    )
    reason = models.CharField(
        _("reason"), max_length=40, db_default="", blank=True, db_comment="Code of why."
    )
    detail = models.TextField(_("detail"), db_default="", blank=True)
    at = models.DateTimeField(_("at"))
    made_by = models.CharField(_("made by"), max_length=40, db_comment="The step that made it.")
    approval = models.ForeignKey(
        Approval,
        models.PROTECT,
        related_name="transfers",
        null=True,
        blank=True,
        db_index=False,
        db_comment="Null where a worker did what was approved before.",
        verbose_name=_("approval"),
    )

    class Meta:
        # Triggers: points/sql/transfer_triggers.sql; the key: points/sql/transfer_key.sql.
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        permissions = [("request_reversal", "Can request that a transfer be reversed")]
        constraints = [
            # Before the other unique ones, which PostgreSQL looks at in this order: two sessions
            # that insert the same transfer at once meet here, where a repeat is passed over.
            models.UniqueConstraint(
                fields=["key", "payload"], name="transfer_repeats_say_the_same"
            ),
            models.UniqueConstraint(fields=["key"], name="transfer_key_once"),
            models.UniqueConstraint(
                fields=["award", "kind"],
                condition=Q(award__isnull=False),
                name="transfer_one_of_a_kind_per_award",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="transfer_reversed_once",
            ),
            models.CheckConstraint(
                condition=Q(Exact(Length("key"), HASH_BYTES)),
                name="transfer_key_of_32_bytes",
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="transfer_of_some_points"),
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")), name="transfer_accounts_differ"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_AN_AWARD, award__isnull=False)
                | (Q(award__isnull=True) & ~Q(kind__in=OF_AN_AWARD)),
                name="transfer_of_an_award_if_of_that_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit", expires_on__isnull=False)
                | (Q(expires_on__isnull=True) & ~Q(kind="credit")),
                name="transfer_only_credits_expire",
            ),
            models.CheckConstraint(
                condition=Q(kind="reverse", reverses__isnull=False)
                | (Q(reverses__isnull=True) & ~Q(kind="reverse")),
                name="transfer_only_reversals_reverse",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["forfeit", "reverse"]) | ~Q(reason=""),
                name="transfer_loss_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(made_by=""), name="transfer_made_by_something"),
        ]

    def __str__(self) -> str:
        words = {"kind": self.get_kind_display(), "number": self.pk}
        return pgettext("heading", "%(kind)s No. %(number)s") % words
