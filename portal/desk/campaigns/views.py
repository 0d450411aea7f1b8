"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.admin_base import require_permission
from portal.desk.frame import render_desk_page


@require_safe
def show_campaigns(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    require_permission(request, "campaign.view_terms")
    return render_desk_page(
        request, "desk/campaigns/campaigns.html", {"title": pgettext("desk", "Campaigns")}
    )
