"""The admin pages of the network, feed files and quarantine; bookings are in campaign.admin."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import FeedFile, QuarantinedRow, Service, Stop
from bookings.words import FEEDS, FILE_REASONS, ROW_REASONS, operator_name
from core.admin_base import MembersAdmin, ReadOnlyAdmin, ReadOnlyInline
from core.coded import coded_filter, show_code
from core.printable import printable

COUNTS = ["rows", "applied", "duplicates", "quarantined"]
FEED, REASON = _("feed"), _("reason")


class StopInline(ReadOnlyInline):
    """The stations of a service in their order."""

    model = Stop
    fields = ["seq", "station", "kind", "operator"]
    readonly_fields = ["operator"]
    ordering = ["seq"]

    @admin.display(description=_("operator to the next place"), empty_value="-")
    def operator(self, stop: Stop) -> str:
        """Return the name of the company that runs the section to the next place."""
        return str(operator_name(stop.operator_to_next)) if stop.operator_to_next else ""


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    """The services of the rail network, which ``load_network`` replaces as a whole."""

    list_display = ["service_name", "stop_count"]
    fields = ["service_name"]
    readonly_fields = ["service_name"]
    search_fields = ["name", "stops__station", "stops__operator_to_next"]
    ordering = ["name", "id"]
    inlines = [StopInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Count the stops of all services in one query, without stations that are passed."""
        services: QuerySet[Service] = super().get_queryset(request)
        calls = Count("stops", filter=Q(stops__kind=Stop.Kind.STOP), distinct=True)
        return services.annotate(stop_count=calls)

    @admin.display(description=_("service"), ordering="name")
    def service_name(self, service: Service) -> str:
        """Return the name of the line or train."""
        return str(service.name)

    @admin.display(description=_("stops"), ordering="stop_count")
    def stop_count(self, service: Service) -> int:
        """Return the number of stops."""
        return int(getattr(service, "stop_count"))  # noqa: B009 - an annotation, not a field


@admin.register(FeedFile)
class FeedFileAdmin(ReadOnlyAdmin):
    """The feed files with their counts and, where refused, the reason."""

    list_display = ["name", "feed_in_words", "status", "reason_in_words", *COUNTS, "tried_at"]
    list_filter = [
        "status",
        coded_filter("feed", FEED, FEEDS),
        coded_filter("reason", REASON, FILE_REASONS),
    ]
    fields = [
        ("name", "feed_in_words", "status"),
        ("reason_in_words", "detail"),
        ("encoding", "version"),
        tuple(COUNTS),
        "tried_at",
        "sha256",
    ]
    readonly_fields = ["feed_in_words", "reason_in_words"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "tried_at"
    ordering = ["-tried_at", "-id"]
    show_full_result_count = False

    @admin.display(description=FEED, ordering="feed")
    def feed_in_words(self, file: FeedFile) -> str:
        """Return the name of the feed."""
        return show_code(file.feed, FEEDS)

    @admin.display(description=REASON, ordering="reason", empty_value="-")
    def reason_in_words(self, file: FeedFile) -> str:
        """Return why the file was refused."""
        return show_code(file.reason, FILE_REASONS)


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(MembersAdmin):
    """The rows that were not applied, each with its reason and its text."""

    guarded = ("text",)
    list_display = ["id", "file", "record", "reason_in_words", "status"]
    list_filter = [
        "status",
        coded_filter("reason", REASON, ROW_REASONS),
        coded_filter("file__feed", FEED, FEEDS),
    ]
    list_select_related = ["file"]
    search_fields = ["file__name"]
    ordering = ["-id"]
    fields = [
        "file",
        "record",
        "reason_in_words",
        "text",
        "status",
        "settled_at",
        "settled_by",
        "note",
    ]
    readonly_fields = ["reason_in_words", "text"]
    show_full_result_count = False

    def mask_value(self, row: QuarantinedRow, name: str) -> str:
        """Return why the text is not shown: it holds identifiers in any place."""
        return gettext("Shown only to those who may view members.")

    @admin.display(description=REASON, ordering="reason")
    def reason_in_words(self, row: QuarantinedRow) -> str:
        """Return why the row waits."""
        return show_code(row.reason, ROW_REASONS)

    @admin.display(description=_("text"))
    def text(self, row: QuarantinedRow) -> SafeString:
        """Return the row as delivered, with unreadable characters escaped."""
        encoding = row.file.encoding or "utf-8"
        text = bytes(row.content).decode(encoding, "backslashreplace")
        return format_html("<code>{}</code>", printable(text))
