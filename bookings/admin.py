"""What staff see of bookings and of what they rest on."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.admin_base import ReadOnlyAdmin, ReadOnlyInline
from bookings.models import Service, Stop


class StopInline(ReadOnlyInline):
    """The places of a service in their order."""

    model = Stop
    fields = ["seq", "station", "kind", "operator_to_next"]
    ordering = ["seq"]


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    """The rail network; ``load_network`` replaces it as a whole."""

    list_display = ["name", "stop_count"]
    search_fields = ["name", "stops__station", "stops__operator_to_next"]
    ordering = ["name", "id"]
    inlines = [StopInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Count the stops of all services at once; places that are only passed are none."""
        services: QuerySet[Service] = super().get_queryset(request)
        calls = Count("stops", filter=Q(stops__kind=Stop.Kind.STOP), distinct=True)
        return services.annotate(stop_count=calls)

    @admin.display(description=_("stops"), ordering="stop_count")
    def stop_count(self, service: Service) -> int:
        """Return how many stops the service has."""
        return int(getattr(service, "stop_count"))  # noqa: B009 - an annotation, not a field
