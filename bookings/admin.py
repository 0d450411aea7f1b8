"""The admin pages of the network, feed files and quarantine; bookings are in campaign.admin."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bookings.models import FeedFile, QuarantinedRow, Service, Stop
from core.admin_base import MembersAdmin, ReadOnlyAdmin, ReadOnlyInline
from core.printable import printable

COUNTS = ["rows", "applied", "duplicates", "quarantined"]


class StopInline(ReadOnlyInline):
    """The stations of a service in their order."""

    model = Stop
    fields = ["seq", "station", "kind", "operator_to_next"]
    ordering = ["seq"]


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    """The services of the rail network, which ``load_network`` replaces as a whole."""

    list_display = ["name", "stop_count"]
    search_fields = ["name", "stops__station", "stops__operator_to_next"]
    ordering = ["name", "id"]
    inlines = [StopInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Count the stops of all services in one query, without stations that are passed."""
        services: QuerySet[Service] = super().get_queryset(request)
        calls = Count("stops", filter=Q(stops__kind=Stop.Kind.STOP), distinct=True)
        return services.annotate(stop_count=calls)

    @admin.display(description=_("stops"), ordering="stop_count")
    def stop_count(self, service: Service) -> int:
        """Return the number of stops."""
        return int(getattr(service, "stop_count"))  # noqa: B009 - an annotation, not a field


@admin.register(FeedFile)
class FeedFileAdmin(ReadOnlyAdmin):
    """The feed files with their counts and, where refused, the reason."""

    list_display = ["name", "feed", "status", "reason", *COUNTS, "tried_at"]
    list_filter = ["status", "feed", "reason"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "tried_at"
    ordering = ["-tried_at", "-id"]
    show_full_result_count = False


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(MembersAdmin):
    """The rows that were not applied, each with its reason and its text."""

    list_display = ["id", "file", "record", "reason", "status"]
    list_filter = ["status", "reason", "file__feed"]
    list_select_related = ["file"]
    search_fields = ["file__name"]
    ordering = ["-id"]
    fields = [
        "file",
        "record",
        "reason",
        "text",
        "status",
        "settled_at",
        "settled_by",
        "note",
    ]
    readonly_fields = ["text"]
    show_full_result_count = False

    @admin.display(description=_("text"))
    def text(self, row: QuarantinedRow) -> SafeString:
        """Return the row as delivered, with unreadable characters escaped."""
        encoding = row.file.encoding or "utf-8"
        text = bytes(row.content).decode(encoding, "backslashreplace")
        return format_html("<code>{}</code>", printable(text))
