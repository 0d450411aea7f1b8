"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.admin_base import require_permission
from portal.desk.frame import render_desk_page


@require_safe
def show_audit(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    require_permission(request, "core.view_auditrecord")
    return render_desk_page(request, "desk/audit/audit.html", {"title": pgettext("desk", "Audit")})
