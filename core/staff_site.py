"""The admin's site: every staff page takes password, second factor and an own password."""

from collections.abc import Callable
from functools import update_wrapper
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from core import clock, second_factor
from core.account.forms import SignInForm
from core.models import User
from core.sign_in import sessions
from core.sign_in.completing import complete_sign_in
from core.sign_in.passwords import record_own

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffSite(AdminSite):
    """Django's admin; its pages open only in a session in which every step is done."""

    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether this is staff, signed in with the password, with every step done."""
        return super().has_permission(request) and second_factor.may_work(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002 - Django's
        """Return a view for staff; before the work it redirects to the step that is missing."""
        page = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            step = second_factor.next_step(request)
            if step and view != self.logout:
                return second_factor.redirect_to_step(request, step)
            return page(request, *args, **kwargs)

        return cast("View", update_wrapper(guarded, page))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for name and password; who gave them already goes on to the next step."""
        if request.method == "GET" and (step := second_factor.next_step(request)):
            return redirect(step)
        response = super().login(request, extra_context)
        is_signed_in = request.method == "POST" and response.status_code == HTTPStatus.FOUND
        if is_signed_in and not settings.STAFF_SECOND_FACTOR:
            complete_sign_in(request=request, response=response, factor="none", at=clock.now())
        return response

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """End the session, and record it."""
        session = sessions.current_session(request)
        if request.method == "POST" and session is not None:
            user = cast("User", request.user)
            sessions.end_session(session=session, by=user)
            record_own(user=user, action="staff.signed_out", at=clock.now())
        return super().logout(request, extra_context)

    def password_change(  # type: ignore[override] # Django's own returns a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one page that changes a password."""
        return redirect(second_factor.CHANGE_PASSWORD)
