"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from portal.desk.frame import render_desk_page


@require_safe
def show_today(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    return render_desk_page(request, "desk/today/today.html", {"title": pgettext("desk", "Today")})
