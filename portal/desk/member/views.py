"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.admin_base import require_permission
from portal.desk.frame import render_desk_page


@require_safe
def show_member(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    require_permission(request, "entries.view_member")
    return render_desk_page(
        request, "desk/member/member.html", {"title": pgettext("desk", "Member")}
    )
