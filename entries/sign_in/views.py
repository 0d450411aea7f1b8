"""The pages of signing in and out; every one works without JavaScript."""

from http import HTTPStatus
from logging import INFO, WARNING

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

from entries.sign_in.adapters import is_own_path
from entries.sign_in.members import signed_in_member
from entries.sign_in.memory import PAUSE_S, require_no_pause
from entries.sign_in.provider import WesterAdapter, WesterProvider, wester_app
from entries.sign_in.refusals import ProviderUnavailable, SignInLost, SignInRefusal

log = structlog.get_logger(__name__)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the member to WESTER ID where a button of ours was pressed; otherwise show one.

    The button stands on pages that everybody shares, which can hold no token: that it was ours,
    the browser says (see ``is_from_here``).
    """
    destination = own_destination(request)
    if request.method == "POST" and is_from_here(request):
        provider = WesterProvider(request, app=wester_app())
        try:
            require_no_pause()  # or the member would be sent to a provider that is down
            response: HttpResponse = provider.redirect(
                request,
                AuthProcess.LOGIN,
                next_url=destination,
                auth_params={"ui_locales": get_language()},
            )
        except SignInRefusal as refusal:
            return refused(request, refusal, destination)
        return response
    if signed_in_member(request.user):  # staff is sent here too, by pages that are a member's
        return redirect(destination)
    return render(request, "entries/sign_in.html", {"next": destination, "here": request.path})


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Receive the member from WESTER ID and complete the sign-in."""
    try:
        response = complete(request)
    except SignInLost as refusal:
        if signed_in_member(request.user):  # the answer of before once more: back, or reload
            return redirect(settings.LOGIN_REDIRECT_URL)
        return refused(request, refusal)
    except SignInRefusal as refusal:
        return refused(request, refusal)
    log.info("signed_in")
    return response


def complete(request: HttpRequest) -> HttpResponse:
    """Do what allauth does with a provider's answer; ours is what it then asks."""
    view = OAuth2CallbackView()
    view.request, view.adapter = request, WesterAdapter(request)
    response: HttpResponse = view.dispatch(request)
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here; at WESTER ID the member stays."""
    logout(request)
    return redirect(own_destination(request))


def refused(
    request: HttpRequest, refusal: SignInRefusal, destination: str = settings.LOGIN_REDIRECT_URL
) -> HttpResponse:
    """Say why there is no sign-in, and what to do; the address with the code is not repeated."""
    is_ours_to_mend = refusal.status == HTTPStatus.SERVICE_UNAVAILABLE
    log.log(WARNING if is_ours_to_mend else INFO, "sign_in_refused", reason=refusal.reason)
    context = {"refusal": refusal, "next": destination, "here": settings.LOGIN_REDIRECT_URL}
    response = render(request, "entries/sign_in_refused.html", context, status=refusal.status)
    if isinstance(refusal, ProviderUnavailable):
        response.headers["Retry-After"] = str(PAUSE_S)
    return response


def own_destination(request: HttpRequest) -> str:
    """Return where the member wants to go on to: a page of ours, else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_own_path(wanted) else str(settings.LOGIN_REDIRECT_URL)


def is_from_here(request: HttpRequest) -> bool:
    """Say whether a page of ours sent this, as browsers tell since 2020 or earlier.

    Whoever sends neither header is no browser that another site could make do it.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
