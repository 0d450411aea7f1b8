"""The staff's overview across the apps."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.admin_base import render_admin_page
from portal import overview


@require_safe
@never_cache
def show_overview(request: HttpRequest) -> HttpResponse:
    """Show the state of every published campaign."""
    context = {"title": _("Overview"), **overview.overview_context(now=clock.now())}
    return render_admin_page(request, "admin/portal/overview.html", context)
