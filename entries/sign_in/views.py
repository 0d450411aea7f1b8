"""The pages of signing in and out; every one works without JavaScript."""

from http import HTTPStatus
from typing import Any

import structlog
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from entries.sign_in import contacts, pending
from entries.sign_in.adapters import is_own_path
from entries.sign_in.members import signed_in_member
from entries.sign_in.notice import find_notice
from entries.sign_in.provider import WesterAdapter, WesterProvider, wester_app
from entries.sign_in.provider_cache import PAUSE_S, require_no_pause
from entries.sign_in.refusals import ProviderUnavailable, SignInLost, SignInRefusal

log = structlog.get_logger(__name__)
# Bytes of a path to return to; it is stored in a cookie.
MAX_PATH = 1000


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the member to WESTER ID after a press of our button; otherwise show the button.

    Pages with the button are cached for all visitors, so it carries no CSRF token; the browser's
    headers prove that the press came from our site (see ``is_same_origin``).
    """
    destination = own_destination(request)
    if request.method == "POST" and is_same_origin(request):
        provider = WesterProvider(request, app=wester_app())
        try:
            require_no_pause()  # do not send the member to a provider that is down
            with pending.only_in_browser(request):
                response: HttpResponse = provider.redirect(
                    request,
                    AuthProcess.LOGIN,
                    next_url=destination,
                    auth_params={"ui_locales": get_language()},
                )
        except SignInRefusal as refusal:
            return render_refusal(request, refusal, destination)
        pending.set_cookie(request, response)
        return response
    if signed_in_member(request.user):  # staff come here too, from the pages of members
        return redirect(destination)
    context = {"next": destination, "here": request.path, **find_notice(destination)}
    return render(request, "entries/sign_in.html", context)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Receive the member from WESTER ID and complete the sign-in."""
    response = answer_callback(request)
    pending.set_cookie(request, response)
    return response


def answer_callback(request: HttpRequest) -> HttpResponse:
    """Complete the sign-in, or show why it failed."""
    try:
        response = complete(request)
    except SignInLost as refusal:
        if signed_in_member(request.user):  # the same answer again: back, or reload
            return redirect(settings.LOGIN_REDIRECT_URL)
        return render_refusal(request, refusal)
    except SignInRefusal as refusal:
        return render_refusal(request, refusal)
    log.info("signed_in")
    return response


class Callback(OAuth2CallbackView):
    """allauth's steps of a callback, for a sign-in that only the browser knows of."""

    adapter: WesterAdapter

    def _get_state(self, request: HttpRequest, provider: WesterProvider) -> Any:
        """Return the sign-in that waits for this answer, which waits no longer.

        Raises:
            SignInLost: there is none.
            AnswerRefused: another issuer sent the browser.
        """
        with pending.only_in_browser(request):
            found = super()._get_state(request, provider)
        self.adapter.require_issuer(request)
        return found


def complete(request: HttpRequest) -> HttpResponse:
    """Run allauth's steps of a callback with our adapter."""
    view = Callback()
    view.request, view.adapter = request, WesterAdapter(request)
    response: HttpResponse = view.dispatch(request)
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here; the member stays signed in at WESTER ID."""
    logout(request)
    return redirect(own_destination(request))


def render_refusal(
    request: HttpRequest, refusal: SignInRefusal, destination: str = settings.LOGIN_REDIRECT_URL
) -> HttpResponse:
    """Show why the sign-in failed and what to do; the page does not repeat the code."""
    is_warning = refusal.status == HTTPStatus.SERVICE_UNAVAILABLE
    write_log = log.warning if is_warning else log.info
    write_log("sign_in_refused", reason=refusal.reason)
    context = {
        "refusal": refusal,
        "next": destination,
        "here": settings.LOGIN_REDIRECT_URL,
        "contacts": contacts.list_contacts(at=clock.now()) if refusal.shows_contacts else [],
    }
    response = render(request, "entries/sign_in_refused.html", context, status=refusal.status)
    if isinstance(refusal, ProviderUnavailable):
        response.headers["Retry-After"] = str(PAUSE_S)
    return response


def own_destination(request: HttpRequest) -> str:
    """Return the path to redirect to: the one given where it is ours, else the front page.

    A path of more than MAX_PATH bytes, which no link of ours has, leads to the front page as well.
    """
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_usable = is_own_path(path) and len(path.encode(errors="replace")) <= MAX_PATH
    return path if is_usable else str(settings.LOGIN_REDIRECT_URL)


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a page of ours sent this, by headers that browsers send since 2020.

    A client that sends neither header is no browser that another site could make send this.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
