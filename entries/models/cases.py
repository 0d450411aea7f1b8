"""The tables of cases: which person of staff looked at which member, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import pgettext_lazy

from bookings.models import fields
from campaign.models import Campaign
from campaign.models.campaigns import IDENTIFIER

TOKEN_LENGTH = 32
MAX_NOTE_LENGTH = 1_000


class MemberCase(models.Model):
    """One person of staff looked at one member; only this person opens its page.

    The address of the page is the token, so that it names nobody.
    """

    token = models.CharField(
        max_length=TOKEN_LENGTH,
        db_collation="C",
        db_comment="Random: the page's address.",
    )
    wester_id = fields.identifier()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,  # membercase_of_a_person begins with it
    )
    opened_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["token"], name="membercase_one_per_token"),
            models.CheckConstraint(
                condition=Q(token__regex=rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$"),
                name="membercase_token_is_random",
            ),
            models.CheckConstraint(
                condition=Q(wester_id__regex=IDENTIFIER), name="membercase_wester_id_is_identifier"
            ),
        ]
        indexes = [
            models.Index(fields=["wester_id", "opened_at"], name="membercase_of_a_member"),
            models.Index(fields=["opened_by", "opened_at"], name="membercase_of_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CaseNote(models.Model):
    """What was answered in a case; rows are only added."""

    class Kind(models.TextChoices):
        """What a note is about; the two of an identity check are written by the page."""

        ANSWERED = "answered", pgettext_lazy("kind of a note", "Answered")
        CALL_BACK = "call_back", pgettext_lazy("kind of a note", "To be called back")
        OPINION = "opinion", pgettext_lazy("kind of a note", "Opinion or complaint")
        HANDED_OVER = "handed_over", pgettext_lazy("kind of a note", "Handed over to a superior")
        IDENTIFIED = "identified", pgettext_lazy("kind of a note", "Identity checked: right")
        NOT_IDENTIFIED = (
            "not_identified",
            pgettext_lazy("kind of a note", "Identity checked: wrong"),
        )

    case = models.ForeignKey(MemberCase, models.PROTECT, related_name="notes")
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        related_name="+",
        null=True,
        db_comment="The campaign that the page showed; null: none was chosen.",
    )
    kind = models.CharField(max_length=14, choices=Kind)
    text = models.TextField(db_default="", blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        default_permissions = ("add",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["identified", "not_identified"], text="")
                | (Q(kind__in=["answered", "call_back", "opinion", "handed_over"]) & ~Q(text="")),
                name="casenote_says_what",
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("text"), MAX_NOTE_LENGTH)),
                name="casenote_text_is_short",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-noted_at"], condition=Q(kind="handed_over"), name="casenote_handed_over"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LookUpCount(models.Model):
    """How many look-ups a person of staff made in the last hour in which they made any."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+"
    )
    hour = models.DateTimeField(db_comment="The beginning of the hour of the clock.")
    look_ups = models.IntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(look_ups__gte=1), name="lookupcount_of_one_look_up_at_least"
            )
        ]

    def __str__(self) -> str:
        return f"{self.look_ups} since {self.hour}"
