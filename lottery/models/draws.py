"""One seeded run over a frozen list, and the files that prove it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Terms


class Draw(models.Model):
    """One draw of a campaign, from the freeze to its confirmation or its void.

    Source: the draw protocol. Bytes that are published stand here as they were written once.
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
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawn_at = models.DateTimeField(_("drawn at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.TextField(_("reason of the void"), blank=True)
    forgotten_at = models.DateTimeField(_("secrets erased at"), null=True, blank=True)
    forgotten_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    pid_key = models.BinaryField(null=True, db_comment="K, encrypted; null once forgotten.")
    nonce_key = models.BinaryField(null=True, db_comment="K2, encrypted; null once forgotten.")
    entry_count = models.IntegerField(_("entrants"))
    terms_json = models.BinaryField(db_comment="terms.json, byte for byte.")
    manifest = models.BinaryField(db_comment="manifest.json, byte for byte.")
    manifest_sha256 = models.BinaryField(unique=True, db_comment="The manifest hash, 32 bytes.")
    signature = models.CharField(max_length=128, db_comment="manifest.sig.")
    verifier = models.BinaryField(db_comment="verify_draw.py, byte for byte.")

    round_json = models.BinaryField(null=True, db_comment="round.json, byte for byte.")
    result = models.BinaryField(null=True, db_comment="result.json, byte for byte.")
    winners_csv = models.BinaryField(null=True, db_comment="winners.csv, byte for byte.")
    winners = models.IntegerField(
        _("winners"), null=True, blank=True, db_comment="K: without a partial award's."
    )
    total_points = models.BigIntegerField(_("total points"), null=True, blank=True)
    leftover_points = models.BigIntegerField(_("left over points"), null=True, blank=True)

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "sequence"], name="draw_sequence_once"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=~models.Q(state="void"),
                name="draw_one_that_is_not_void",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.sequence}"
