"""What the bar of a demo does; outside a demo there is no such page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.errors import Refusal
from dev.demo import bar
from portal.back_links import link_to_form, referring_path
from portal.errors import render_error


@csrf_exempt  # pages that everybody shares hold no token; another site could move a demo's clock
@never_cache
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the clock and lead back to where the bar was used; a refusal is one sentence."""
    if not settings.DEMO_MODE:
        raise Http404
    try:
        bar.move_to(request.POST.get("to", ""))
    except Refusal as refusal:
        return render_error(
            request,
            status=409,
            heading=_("The clock did not get there"),
            advice=str(refusal),
            back_link=link_to_form(request),
        )
    return redirect(referring_path(request) or "/")
