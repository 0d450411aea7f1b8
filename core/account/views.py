"""The pages of signing in and of the own account, in the admin's frame."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit, clock, second_factor
from core.account.forms import ChangePasswordForm, CodeForm, KeyForm
from core.admin_base import render_admin_page, require_permission
from core.audit import Actor
from core.errors import Refusal
from core.models import StaffSession, User
from core.sign_in import factors, sessions
from core.sign_in.completing import complete_sign_in
from core.sign_in.passwords import name_of, record_own, save_own_password
from core.staff import MAY_MANAGE

View = Callable[..., HttpResponse]
READ_AND_SEND = ["GET", "HEAD", "POST"]


def step_page(*steps: str | None) -> Callable[[View], View]:
    """Open a page to signed-in staff whose next step is one of these; None: every step is done."""

    def decorate(view: View) -> View:
        @never_cache
        @csrf_protect
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            session = sessions.current_session(request)
            if session is None or not cast("User", request.user).is_staff:
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            step = second_factor.next_step(request)
            if step not in steps:
                return redirect(step or "admin:index")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def work_page(view: View) -> View:
    """Open a page to staff with every step done."""
    return wraps(view)(admin.site.admin_view(view))


@sensitive_post_parameters("code", "credential")
@require_http_methods(READ_AND_SEND)
@step_page(second_factor.GIVE_FACTOR, second_factor.CHANGE_PASSWORD, None)
def give_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, at sign-in and again before what matters most."""
    user = cast("User", request.user)
    if not second_factor.has_factor(user):
        return redirect(second_factor.ENROL)
    forms = Forms.of(request)
    try:
        if factor := judge_factor(request, user, forms):
            return go_on(request, factor)
    except Refusal as refusal:
        forms.problem = str(refusal)
    context = {
        **vars(forms),
        "title": pgettext("staff sign-in", "Second factor"),
        "key_question_json": as_attribute(factors.key_question(user)),
        "again": second_factor.next_step(request) is None,
    }
    return render_step(request, "factor", context)


def judge_factor(request: HttpRequest, user: User, forms: "Forms") -> str | None:
    """Return the kind of the factor that was given; None where none was sent."""
    at = clock.now()
    if forms.key_form.is_bound:
        credential = forms.read_key()["credential"]
        given = factors.check_key(request=request, user=user, credential=credential, at=at)
    elif forms.code_form.is_valid():
        code = forms.code_form.cleaned_data["code"]
        given = factors.check_code(request=request, user=user, code=code, at=at)
    else:
        return None
    return str(given.type)


@sensitive_post_parameters("code", "credential")
@require_http_methods(READ_AND_SEND)
@step_page(second_factor.ENROL, None)
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an app or a security key: the first at the first sign-in, others later."""
    user = cast("User", request.user)
    is_first = not second_factor.has_factor(user)
    if not is_first and (asking := second_factor.ask_again(request)):
        return asking
    forms = Forms.of(request)
    try:
        if factor := judge_new_factor(request, user, forms):
            return go_on(request, factor)
    except Refusal as refusal:
        forms.problem = str(refusal)
    secret, picture = factors.app_to_set_up(user)
    context = {
        **vars(forms),
        "title": pgettext("staff sign-in", "Set up a second factor"),
        "key_question_json": as_attribute(factors.new_key_question(user)),
        "secret": secret,
        "picture": picture,
        "is_first": is_first,
    }
    return render_step(request, "enrol", context)


def judge_new_factor(request: HttpRequest, user: User, forms: "Forms") -> str | None:
    """Return the kind of the factor that was set up; None where none was sent."""
    at = clock.now()
    if forms.key_form.is_bound:
        factors.add_key(request=request, user=user, at=at, **forms.read_key())
        return "webauthn"
    if forms.code_form.is_valid():
        code = forms.code_form.cleaned_data["code"]
        factors.add_app(request=request, user=user, code=code, at=at)
        return "totp"
    return None


@dataclass
class Forms:
    """The forms of both kinds of factor, and why what was sent is refused."""

    code_form: CodeForm
    key_form: KeyForm
    problem: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Forms":
        """Return the forms of a request; the one that was sent is bound."""
        is_key = "credential" in request.POST
        is_code = request.method == "POST" and not is_key
        return cls(
            CodeForm(request.POST if is_code else None), KeyForm(request.POST if is_key else None)
        )

    def read_key(self) -> dict[str, Any]:
        """Return what a security key answered.

        Raises:
            Refusal: it is no answer of a key.
        """
        if not self.key_form.is_valid():
            raise factors.wrong_factor()
        return self.key_form.cleaned_data


def go_on(request: HttpRequest, factor: str) -> HttpResponse:
    """Save that the factor was given, and lead to where the person was going."""
    session = cast("StaffSession", sessions.current_session(request))  # step_page asks for one
    is_sign_in = session.factor_at is None
    sessions.note_factor(request, session)
    response = redirect(destination(request))
    if is_sign_in and second_factor.is_required():
        complete_sign_in(request=request, response=response, factor=factor, at=clock.now())
    if factor == "recovery_codes":
        left = factors.count_codes(cast("User", request.user))
        messages.warning(request, _("Recovery codes left: %(count)s.") % {"count": left})
    return response


@require_http_methods(READ_AND_SEND)
@step_page(second_factor.RECOVERY_CODES, None)
def show_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes until the person confirms that they are written down."""
    user = cast("User", request.user)
    codes = factors.unused_codes(user)
    if request.method == "POST" or not codes:
        factors.confirm_codes(user)
        return redirect(destination(request))
    context = {"title": pgettext("staff sign-in", "Recovery codes"), "codes": codes}
    return render_step(request, "recovery_codes", context)


@sensitive_post_parameters()
@require_http_methods(READ_AND_SEND)
@step_page(second_factor.CHANGE_PASSWORD, None)
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password; every other session of the account ends."""
    user = cast("User", request.user)
    form = ChangePasswordForm(
        user=user, data=request.POST if request.method == "POST" else None, request=request
    )
    if form.is_valid():
        try:
            save_own_password(user=user, session=sessions.current_session(request), form=form)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return redirect("admin:index")
        update_session_auth_hash(request, user)
        sessions.end_sessions(user=user, by=user, but=sessions.current_session(request))
        record_own(user=user, action="staff.password_changed", at=clock.now())
        messages.success(request, _("Your password is changed; your other sessions have ended."))
        return redirect(destination(request))
    context = {
        "title": pgettext("staff sign-in", "Change the password"),
        "form": form,
        "is_initial": user.must_change_password,
    }
    return render_step(request, "password", context)


@require_safe
@work_page
def show_account(request: HttpRequest) -> HttpResponse:
    """Show the own second factors and sessions."""
    user = cast("User", request.user)
    context = {
        "title": pgettext("staff sign-in", "My sign-in"),
        "factors": factors.list_factors(user),
        "codes_left": factors.count_codes(user),
        **sessions_context(request, user),
    }
    return render_admin_page(request, "admin/account/account.html", context)


@require_safe
@work_page
def show_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show the sessions of a person to those who run accounts."""
    require_permission(request, MAY_MANAGE)
    person = get_object_or_404(User, pk=user_id, is_staff=True)
    title = pgettext("staff sign-in", "Sessions of %(name)s") % {"name": person.username}
    context = {"title": title, **sessions_context(request, person)}
    return render_admin_page(request, "admin/account/sessions.html", context)


def sessions_context(request: HttpRequest, person: User) -> dict[str, Any]:
    """Return the open sessions of a person, and which of them is this one."""
    return {
        "person": person,
        "sessions": sessions.open_sessions(person),
        "current_session": sessions.current_session(request),
    }


@require_POST
@work_page
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End an own session, or as one who runs accounts any session."""
    user = cast("User", request.user)
    session = get_object_or_404(StaffSession.objects.select_related("user"), pk=session_id)
    if session.user != user and not user.has_perm(MAY_MANAGE):
        raise PermissionDenied
    sessions.end_session(session=session, by=user)
    audit.record(
        actor=Actor(user),
        action="staff.session_ended",
        subject=name_of(session.user),
        at=clock.now(),
        detail={"session": session.pk},
    )
    messages.success(request, _("The session has ended."))
    if session.user == user:
        return redirect("staff_account:account")
    return redirect("staff_account:sessions", session.user_id)


@require_POST
@work_page
def remove_factor(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Remove one of several own second factors."""
    if asking := ask_on_account_page(request):
        return asking
    user = cast("User", request.user)
    try:
        factors.remove_factor(user=user, factor_id=factor_id, at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The second factor is removed."))
    return redirect("staff_account:account")


@require_POST
@work_page
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes, and show the new ones."""
    if asking := ask_on_account_page(request):
        return asking
    factors.renew_codes(user=cast("User", request.user), at=clock.now())
    return redirect(second_factor.RECOVERY_CODES)


def ask_on_account_page(request: HttpRequest) -> HttpResponse | None:
    """Ask for the second factor again; the way back leads to the page with the button."""
    return second_factor.ask_again(request, back=reverse("staff_account:account"))


def as_attribute(question: dict[str, Any] | None) -> str:
    """Return what a security key is asked as JSON for the script; empty where there is no key."""
    return json.dumps(question) if question else ""


def destination(request: HttpRequest) -> str:
    """Return the own address that the person was going to."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_own else reverse("admin:index")


def render_step(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page of sign-in, which remembers where the person was going."""
    context |= {"next": destination(request)}
    return render_admin_page(request, f"admin/account/{name}.html", context)
