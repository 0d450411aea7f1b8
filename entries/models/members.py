"""The tables of members, entries and memberships."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import fields
from campaign.models import Campaign
from campaign.models.campaigns import IDENTIFIER
from entries.enumerations import FEED_CHANNELS, Channel, MembershipStatus


class Member(models.Model):
    """A person who signed in: an account (issuer, sub) with its permanent WESTER ID.

    It belongs to a ``User``, which has no data of the person.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="member", verbose_name=_("user")
    )
    issuer = models.CharField(
        _("issuer"),
        max_length=255,
        db_collation="C",
        db_comment="Who issued the sub; compared unchanged.",
    )
    sub = models.CharField(
        _("account"), max_length=255, db_collation="C", db_comment="OpenID Connect's sub."
    )
    wester_id = fields.identifier(verbose_name=_("WESTER ID"))

    class Meta:
        # Its triggers are in entries/sql/member_triggers.sql.
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [("disclose_member", "Can hand over all that is kept of a member")]
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

    def __str__(self) -> str:
        return str(self.pk)


class Entry(models.Model):
    """One member's participation in one campaign; the member need not have signed in here."""

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
    """Every accepted row of the entries feed once, to distinguish repeated rows from new ones."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    wester_id = fields.identifier()
    entered_at = models.DateTimeField()
    channel = models.CharField(max_length=11, choices=Channel)

    class Meta:
        # Its triggers are in entries/sql/entryrow_triggers.sql.
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "wester_id", "entered_at", "channel"], name="entryrow_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[*FEED_CHANNELS]), name="entryrow_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Membership(models.Model):
    """The current membership: a WESTER ID's row with the greatest changed_at, on a tie withdrawn.

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
        # Its triggers are in entries/sql/membershiprow_triggers.sql.
        constraints = [
            models.UniqueConstraint(
                fields=["wester_id", "changed_at", "status"], name="membershiprow_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=MembershipStatus.values), name="membershiprow_status_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CourseMember(models.Model):
    """A member of the frozen list of a campaign with a course, who is of that course for good.

    Written by the freeze, deleted by a void.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    wester_id = fields.identifier()
    series_code = models.CharField(max_length=40, db_collation="C")
    course = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series_code", "wester_id", "campaign"], name="coursemember_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
