"""The pages."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from bookings import expectations
from core import clock
from core.admin_base import require_permission, signed_in_actor
from portal import names
from portal.desk.frame import render_desk_page
from portal.desk.today.forms import form_of
from portal.desk.today.page import today_context


@require_safe
def show_today(request: HttpRequest) -> HttpResponse:
    """Show what has to be done today, and how the campaigns stand."""
    context = today_context(signed_in_actor(request).user, now=clock.now())
    return render_desk_page(
        request, "desk/today/today.html", {"title": pgettext("desk", "Today"), **context}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change_expectations(request: HttpRequest) -> HttpResponse:
    """Show and change by what hour each feed is expected, and on which weekdays none may come."""
    actor = require_permission(request, expectations.MAY_CHANGE)
    data = request.POST if request.method == "POST" else None
    forms = {one.feed: form_of(one, data) for one in expectations.find_expectations()}
    if data is not None and all(form.is_valid() for form in forms.values()):
        with transaction.atomic():
            for feed, form in forms.items():
                expectations.change_expectation(
                    feed=feed, **form.cleaned_data, actor=actor, at=clock.now()
                )
        messages.success(request, _("Saved."))
        return redirect("desk:today")
    rows = [(names.feed_name(feed), form) for feed, form in forms.items()]
    title = _("When feeds are expected")
    return render_desk_page(request, "desk/today/expectations.html", {"title": title, "rows": rows})
