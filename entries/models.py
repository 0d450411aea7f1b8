"""Who takes part, and who has left WESTER."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models import fields
from bookings.models.triggers import append_only, never
from campaign.models import Campaign
from campaign.models.campaigns import IDENTIFIER


class Member(models.Model):
    """Who signs in through WESTER ID: the account is (issuer, sub), and has one WESTER ID for ever.

    Kept beside ``User``, which holds nothing of the person.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="member", verbose_name=_("user")
    )
    issuer = models.CharField(
        _("issuer"), max_length=255, db_collation="C", db_comment="Whose sub it is; compared as is."
    )
    sub = models.CharField(
        _("account"), max_length=255, db_collation="C", db_comment="OpenID Connect's sub."
    )
    wester_id = fields.identifier(verbose_name=_("WESTER ID"))

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="member_one_per_account"),
            models.UniqueConstraint(fields=["wester_id"], name="member_one_per_wester_id"),
            models.CheckConstraint(
                condition=Q(wester_id__regex=IDENTIFIER), name="member_wester_id_is_identifier"
            ),
            models.CheckConstraint(
                condition=~Q(issuer="") & ~Q(sub=""), name="member_account_is_named"
            ),
        ]
        triggers = [
            never(
                "member_stays",
                pgtrigger.Update,
                message="account and WESTER ID of a member never change",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Channel(models.TextChoices):
    """Where an entry was made; of two at the same instant the first named here stands."""

    WEB = "web", _("web page")
    APP = "app", _("WESTER app")
    CALL_CENTER = "call_center", _("call centre")


class Entry(models.Model):
    """One member's participation in one campaign, whether or not they have ever signed in here."""

    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        related_name="entries",
        db_index=False,  # entry_one_per_member begins with it
        verbose_name=_("campaign"),
    )
    wester_id = fields.identifier(verbose_name=_("WESTER ID"))
    entered_at = models.DateTimeField(
        _("entered at"), db_comment="Instant of the request, not of the insert; the earliest known."
    )
    channel = models.CharField(_("channel"), max_length=11, choices=Channel)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "wester_id"], name="entry_one_per_member"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="entry_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EntryRow(models.Model):
    """Every accepted row of the entries feed once: tells a repeated row from a new one."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    wester_id = fields.identifier()
    entered_at = models.DateTimeField()
    channel = models.CharField(max_length=11, choices=Channel)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "wester_id", "entered_at", "channel"], name="entryrow_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["app", "call_center"]), name="entryrow_channel_known"
            ),
        ]
        triggers = append_only("entryrow")

    def __str__(self) -> str:
        return str(self.pk)


class MembershipStatus(models.TextChoices):
    """Whether somebody is a member of WESTER."""

    ACTIVE = "active", pgettext_lazy("a member", "active")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Membership(models.Model):
    """What holds today: of a WESTER ID's rows the one with the greatest change, withdrawn first.

    A WESTER ID without a row is active.
    """

    wester_id = fields.identifier(primary_key=True)
    status = models.CharField(max_length=9, choices=MembershipStatus)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=MembershipStatus.values), name="membership_status_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.status)


class MembershipRow(models.Model):
    """Every accepted row of the memberships feed once."""

    wester_id = fields.identifier()
    status = models.CharField(max_length=9, choices=MembershipStatus)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wester_id", "changed_at", "status"], name="membershiprow_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=MembershipStatus.values), name="membershiprow_status_known"
            ),
        ]
        triggers = append_only("membershiprow")

    def __str__(self) -> str:
        return str(self.pk)
