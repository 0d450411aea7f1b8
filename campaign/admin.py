"""What staff see of campaigns."""

from datetime import datetime

from django.contrib import admin
from django.db.models import DateTimeField, QuerySet, Value
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from campaign import queries, terms
from campaign.admin_seen import SeenAdmin, without_later
from campaign.admin_totals import AggregationRunAdmin, JudgedBookingAdmin
from campaign.forms import TermsForm
from campaign.models import AggregationRun, Campaign, Terms
from campaign.sentences import ENTRY_STATES
from campaign.states import entry_state
from core import clock
from core.admin_base import ModelAdmin, ReadOnlyInline, carry_out

admin.site.register(AggregationRun, AggregationRunAdmin)
admin.site.unregister(Booking)  # the page of bookings, which know no campaign, with reasons added
admin.site.register(Booking, JudgedBookingAdmin)


class TermsInline(ReadOnlyInline):
    """The versions of a campaign's terms."""

    model = Terms
    # Named twice over: some of them no form could hold.
    readonly_fields = ["version", "published_at", "published_by", "opens_at", "closes_at"]
    fields = [*readonly_fields]
    ordering = ["version"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Terms]:
        """Fetch who published them along with the versions."""
        versions: QuerySet[Terms] = super().get_queryset(request)
        return versions.select_related("published_by")


@admin.register(Campaign)
class CampaignAdmin(SeenAdmin):
    """The campaigns; a new one is set down with ``campaign load``."""

    list_display = ["code", "state", "entries_frozen_at"]
    ordering = ["-id"]
    inlines = [TermsInline]
    actions = ["publish"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Fetch the versions of all campaigns at once, and ask the clock once."""
        campaigns: QuerySet[Campaign] = super().get_queryset(request)
        seen_at = Value(clock.now(), output_field=DateTimeField())
        return campaigns.prefetch_related("terms").annotate(seen_at=seen_at)

    def as_seen(self, row: Campaign, *, now: datetime) -> Campaign:
        """Return a campaign, not frozen before its freeze."""
        seen: Campaign = without_later(row, "entries_frozen_at", now=now)
        return seen

    @admin.display(description=_("state"))
    def state(self, campaign: Campaign) -> str:
        """Return where the entering stands."""
        seen_at = getattr(campaign, "seen_at")  # noqa: B009 - an annotation, not a field
        state = entry_state(
            queries.working_terms(campaign), campaign.entries_frozen_at, now=seen_at
        )
        return str(ENTRY_STATES[state])

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may ask for a publication."""
        return request.user.has_perm("campaign.request_publication")

    @admin.action(description=_("Ask for publication"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """Ask for each campaign's draft to be published."""
        for campaign in queryset.order_by("pk"):
            carry_out(
                self,
                request,
                terms.request_draft_publication,
                campaign=campaign,
            )


@admin.register(Terms)
class TermsAdmin(ModelAdmin):
    """The terms: a draft can be changed, a published version by nobody."""

    form = TermsForm
    readonly_fields = ["campaign", "version", "published_at", "published_by"]
    list_display = ["campaign", "version", "published_at", "published_by", "opens_at", "closes_at"]
    list_select_related = ["campaign", "published_by"]
    ordering = ["-campaign_id", "-version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: versions come from ``campaign load`` and ``campaign revise``."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        """Refuse, superusers included."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        """Allow drafts to those who hold the permission."""
        is_draft = obj is None or obj.published_at is None
        return is_draft and super().has_change_permission(request, obj)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Terms | None:
        """Lock the campaign while a version is saved, so that nobody publishes it meanwhile."""
        version: Terms | None = super().get_object(request, object_id, from_field)
        if version and request.method == "POST":
            terms.lock_campaign(version.campaign)
            version.refresh_from_db()
        return version
