"""The table of draws with its constraints.

Its triggers stand in lottery/sql/draw_triggers.sql and points/sql/draw_triggers.sql.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from campaign.models import Campaign, Terms
from campaign.models.terms import whole_second
from lottery.protocol import BLOCK, HASH_BYTES, MAX_ENTRANTS, MAX_LOTS_TOTAL, MAX_PRIZES

if TYPE_CHECKING:  # only its stubs are generic
    from django.utils.functional import _StrPromise as StrPromise

    ForeignKey = models.ForeignKey[Any, Any]


class DrawState(models.TextChoices):
    """How far a draw has come."""

    FROZEN = "frozen", _("frozen")
    PUBLISHED = "published", _("published")
    DRAWN = "drawn", _("drawn")
    CONFIRMED = "confirmed", _("confirmed")
    VOID = "void", _("void")


class BeaconChain(models.TextChoices):
    """Which beacon the round comes from."""

    QUICKNET = "quicknet", _("drand quicknet")
    LOCAL = "local", _("local chain")


RANK_BYTES = 4
# Each state as a whole: the columns that are set in it, and those that are not.
NOT_PUBLISHED = Q(published_at__isnull=True, published_by__isnull=True)
IS_PUBLISHED = Q(published_at__isnull=False, published_by__isnull=False)
RESULT = (
    "drawn_at",
    "round_json",
    "result",
    "winners_csv",
    "ranks",
    "winners",
    "total_points",
    "leftover_points",
)
NOT_RUN = Q(**{f"{name}__isnull": True for name in RESULT})
IS_RUN = Q(**{f"{name}__isnull": False for name in RESULT})
NOT_CONFIRMED = Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
IS_CONFIRMED = Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
STANDING = Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
IS_VOID = Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")

FROZEN = Q(state=DrawState.FROZEN) & NOT_PUBLISHED & NOT_RUN & NOT_CONFIRMED & STANDING
PUBLISHED = Q(state=DrawState.PUBLISHED) & IS_PUBLISHED & NOT_RUN & NOT_CONFIRMED & STANDING
# One that was never published is run only to be void with its result.
DRAWN = (
    Q(state=DrawState.DRAWN) & (IS_PUBLISHED | NOT_PUBLISHED) & IS_RUN & NOT_CONFIRMED & STANDING
)
CONFIRMED = Q(state=DrawState.CONFIRMED) & IS_PUBLISHED & IS_RUN & IS_CONFIRMED & STANDING
VOID = (
    Q(state=DrawState.VOID)
    & IS_VOID
    & (
        (IS_PUBLISHED & IS_RUN & IS_CONFIRMED)
        | ((IS_PUBLISHED | NOT_PUBLISHED) & (IS_RUN | NOT_RUN) & NOT_CONFIRMED)
    )
)
KEYS_HELD = Q(
    pid_key__isnull=False,
    nonce_key__isnull=False,
    forgotten_at__isnull=True,
    forgotten_by__isnull=True,
)
KEYS_ERASED = Q(
    pid_key__isnull=True,
    nonce_key__isnull=True,
    forgotten_at__isnull=False,
    forgotten_by__isnull=False,
)


class Sha256(models.Func):
    """The hash of a bytea, by PostgreSQL itself."""

    function = "sha256"
    output_field = models.BinaryField()


class NoLessThanEach(models.Func):
    """Whether a number is no less than each number of an array."""

    template = "%(expressions)s)"
    arg_joiner = " >= ALL ("
    output_field = models.BooleanField()


class NoneIsNegative(models.Func):
    """Whether each number of an array is 0 or more."""

    template = "0 <= ALL (%(expressions)s)"
    output_field = models.BooleanField()


class Cardinality(models.Func):
    """How many elements an array has."""

    function = "cardinality"
    output_field = models.IntegerField()


def counts_by_prize(field: str, limit: str) -> Q:
    """Return the condition that an array has a number for each prize, from 0 up to a limit."""
    has_prizes = Q(**{f"{field}__len__range": (1, MAX_PRIZES)})
    return has_prizes & Q(NoLessThanEach(limit, field)) & Q(NoneIsNegative(field))


def has_bytes(field: str, count: int | models.expressions.Combinable) -> Q:
    """Return the condition that a column has so many bytes."""
    return Q(models.lookups.Exact(Length(field), count))


def by_staff(label: "StrPromise") -> "ForeignKey":
    """Return a column for the member of staff who decided it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class Draw(models.Model):
    """One draw of a campaign, from the freeze to its confirmation or its void.

    Freeze: the list of entrants and everything else that decides is fixed. Manifest: the file that
    says what is fixed. Round: the public random value that the manifest names beforehand. Bundle:
    all published files, stored here byte for byte. Source: docs/specs/draw-protocol.md 2.7, 4.
    """

    State = DrawState
    Chain = BeaconChain

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="draws", verbose_name=_("campaign")
    )
    sequence = models.IntegerField(_("sequence"), db_comment="1, 2, ... without gaps per campaign.")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+", verbose_name=_("terms"))
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.FROZEN, db_default=State.FROZEN
    )

    chain = models.CharField(_("chain"), max_length=8, choices=Chain)
    round = models.BigIntegerField(_("round"))
    round_time = models.DateTimeField(_("round time"))
    publish_by = models.DateTimeField(_("publish by"))

    frozen_at = models.DateTimeField(_("frozen at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = by_staff(_("published by"))
    drawn_at = models.DateTimeField(_("drawn at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = by_staff(_("confirmed by"))
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = by_staff(_("voided by"))
    void_reason = models.TextField(_("reason of the void"), blank=True)
    proposed_reason = models.TextField(
        _("proposed reason of a void"),
        blank=True,
        db_default="",
        default="",
        db_comment="Of the last request to void it; part of what is approved.",
    )
    forgotten_at = models.DateTimeField(_("secrets erased at"), null=True, blank=True)
    forgotten_by = by_staff(_("secrets erased by"))

    pid_key = models.BinaryField(null=True, db_comment="K, encrypted; null once forgotten.")
    nonce_key = models.BinaryField(null=True, db_comment="K2, encrypted; null once forgotten.")
    entry_count = models.IntegerField(_("entrants"))
    lots_total = models.IntegerField(_("lots"), db_comment="Of all entrants.")
    eligible = ArrayField(
        models.IntegerField(),
        verbose_name=_("eligible"),
        db_comment="Of each prize, how many may win it.",
    )
    terms_json = models.BinaryField(db_comment="terms.json, byte for byte.")
    manifest = models.BinaryField(db_comment="manifest.json, byte for byte.")
    manifest_sha256 = models.BinaryField(db_comment="The manifest hash, 32 bytes.")
    signature = models.CharField(max_length=128, db_comment="manifest.sig.")
    verifier = models.BinaryField(db_comment="verify_draw.py, byte for byte.")
    subtrees = models.BinaryField(
        db_comment="Tree nodes above each 1,024 records, 32 bytes each: receipts start from them."
    )

    round_json = models.BinaryField(null=True, db_comment="round.json, byte for byte.")
    result = models.BinaryField(null=True, db_comment="result.json, byte for byte.")
    winners_csv = models.BinaryField(null=True, db_comment="winners.csv, byte for byte.")
    ranks = models.BinaryField(
        null=True, db_comment="Of each entrant by position, 4 bytes: their place in the order."
    )
    winners = ArrayField(
        models.IntegerField(),
        verbose_name=_("winners"),
        null=True,
        blank=True,
        db_comment="Of each prize, without a partial award's.",
    )
    total_points = models.BigIntegerField(_("total points"), null=True, blank=True)
    leftover_points = models.BigIntegerField(_("left over points"), null=True, blank=True)

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        permissions = [
            ("freeze_draw", "Can freeze the entrants of a draw"),
            ("request_publication", "Can request the publication of a draw"),
            ("request_confirmation", "Can request the confirmation of a draw"),
            ("request_void", "Can request that a draw become void"),
            ("request_reveal", "Can request that an auditor is given a draw's key"),
            ("request_forgetting", "Can request the erasure of a draw's keys"),
            ("run_draw", "Can run a draw whose round has come"),
            ("issue_receipt", "Can issue a member's receipt of a draw"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "sequence"], name="draw_sequence_once"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=~Q(state=DrawState.VOID),
                name="draw_one_that_is_not_void",
            ),
            models.UniqueConstraint(fields=["manifest_sha256"], name="draw_manifest_once"),
            models.CheckConstraint(
                condition=FROZEN | PUBLISHED | DRAWN | CONFIRMED | VOID,
                name="draw_in_one_whole_state",
            ),
            models.CheckConstraint(
                condition=KEYS_HELD | KEYS_ERASED, name="draw_keys_held_or_erased"
            ),
            models.CheckConstraint(
                condition=KEYS_HELD | Q(state__in=[DrawState.CONFIRMED, DrawState.VOID]),
                name="draw_keys_held_to_its_end",
            ),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="draw_sequence_from_1"),
            models.CheckConstraint(
                condition=Q(chain__in=BeaconChain.values), name="draw_chain_known"
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="draw_round_from_1"),
            models.CheckConstraint(
                condition=Q(frozen_at__lte=F("publish_by")) & Q(publish_by__lte=F("round_time")),
                name="draw_instants_in_order",
            ),
            models.CheckConstraint(
                condition=whole_second("frozen_at", "publish_by", "round_time"),
                name="draw_instants_whole_seconds",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(published_at__gte=F("frozen_at"), published_at__lte=F("publish_by")),
                name="draw_published_in_time",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | Q(drawn_at__gte=F("round_time")),
                name="draw_run_after_its_round",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(voided_at__lt=F("round_time")) | IS_RUN,
                name="draw_void_before_its_round_or_run",
            ),
            models.CheckConstraint(
                condition=Q(entry_count__range=(0, MAX_ENTRANTS))
                & Q(lots_total__gte=F("entry_count"), lots_total__lte=MAX_LOTS_TOTAL)
                & (Q(total_points__isnull=True) | Q(total_points__gte=0))
                & (Q(leftover_points__isnull=True) | Q(leftover_points__gte=0)),
                name="draw_counts_in_range",
            ),
            models.CheckConstraint(
                condition=counts_by_prize("eligible", "entry_count"), name="draw_eligible_by_prize"
            ),
            models.CheckConstraint(
                condition=Q(winners__isnull=True)
                | (
                    counts_by_prize("winners", "entry_count")
                    & Q(models.lookups.Exact(Cardinality("winners"), Cardinality("eligible")))
                ),
                name="draw_winners_by_prize",
            ),
            models.CheckConstraint(
                condition=Q(manifest_sha256=Sha256("manifest")), name="draw_hash_is_of_its_manifest"
            ),
            models.CheckConstraint(
                condition=Q(signature__regex=r"^[0-9a-f]{128}$"), name="draw_signature_is_hex"
            ),
            models.CheckConstraint(
                condition=has_bytes(
                    "subtrees", (F("entry_count") + (BLOCK - 1)) / BLOCK * HASH_BYTES
                ),
                name="draw_subtrees_of_its_entries",
            ),
            models.CheckConstraint(
                condition=Q(ranks__isnull=True) | has_bytes("ranks", F("entry_count") * RANK_BYTES),
                name="draw_ranks_of_its_entries",
            ),
        ]

    def __str__(self) -> str:
        return pgettext("heading", "Draw %(number)s") % {"number": self.sequence}

    @property
    def winner_count(self) -> int:
        """How many full awards the draw gave, of all prizes; 0 before it is run."""
        return sum(self.winners or ())
