"""One seeded run over a frozen list, and the files that prove it."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Terms
from lottery.models.draws_rules import DRAW_RULES

if TYPE_CHECKING:  # generic in its stubs alone
    from django.utils.functional import _StrPromise as StrPromise

    ForeignKey = models.ForeignKey[Any, Any]


def by_staff(label: "StrPromise") -> "ForeignKey":
    """Return a column for the person who had something done."""
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

    Source: docs/specs/draw-protocol.md 2.7, 4. Bytes that are published stand here as they
    were written once.
    """

    class State(models.TextChoices):
        """How far a draw has come."""

        FROZEN = "frozen", _("frozen")
        PUBLISHED = "published", _("published")
        DRAWN = "drawn", _("drawn")
        CONFIRMED = "confirmed", _("confirmed")
        VOID = "void", _("void")

    class Chain(models.TextChoices):
        """Which beacon the round comes from."""

        QUICKNET = "quicknet", _("drand quicknet")
        LOCAL = "local", _("local chain")

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
    winners = models.IntegerField(
        _("winners"), null=True, blank=True, db_comment="K: without a partial award's."
    )
    total_points = models.BigIntegerField(_("total points"), null=True, blank=True)
    leftover_points = models.BigIntegerField(_("left over points"), null=True, blank=True)

    class Meta:
        # Its triggers stand in lottery/sql/draw_triggers.sql and points/sql/draw_triggers.sql.
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        permissions = [
            ("freeze_draw", "Can freeze the entrants of a draw"),
            ("request_publication", "Can ask for a draw to be published"),
            ("request_confirmation", "Can ask for a draw to be confirmed"),
            ("request_void", "Can ask for a draw to be void"),
            ("request_forgetting", "Can ask for a draw's keys to be erased"),
            ("run_draw", "Can run a draw whose round has come"),
            ("issue_receipt", "Can issue a member's receipt of a draw"),
        ]
        constraints = DRAW_RULES

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.sequence}"
