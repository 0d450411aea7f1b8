"""Choose who signs in; then allauth's provider does the rest."""

from urllib.parse import parse_qs, urlencode, urlsplit

from allauth.idp.oidc.views import authorization
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config.sign_in import CALLBACK_PATH
from dev.wester.accounts import ensure_account, sample_members

BACKEND = "django.contrib.auth.backends.ModelBackend"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Offer members to choose from; sign the chosen one in and redirect."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = ""
    if request.method != "POST" or not onward:
        members = sample_members(settings.LOCAL_STATE_DIR)
        return render(request, "wester/choose.html", {"members": members, "next": onward})
    if "cancel" in request.POST:
        return cancel(onward)
    account = ensure_account(
        wester_id=request.POST.get("wester_id", ""), name=request.POST.get("account", "")
    )
    login(request, account, BACKEND)  # type: ignore[arg-type]  # the stubs know the real site's User
    return redirect(onward)


def cancel(authorization_request: str) -> HttpResponse:
    """Send the member back without a sign-in, as a cancel at WESTER ID does."""
    parameters = parse_qs(urlsplit(authorization_request).query)
    back = parameters.get("redirect_uri", [""])[0]
    if urlsplit(back).hostname not in LOOPBACK or urlsplit(back).path != CALLBACK_PATH:
        return HttpResponseBadRequest()
    answer = {"error": "access_denied", "state": parameters.get("state", [""])[0]}
    return redirect(f"{back}?{urlencode(answer)}")


@never_cache
@csrf_exempt  # as allauth's view, which has checks of its own
def authorize(request: HttpRequest) -> HttpResponseBase:
    """Answer an authorization request and sign the account out: the next request asks again."""
    was_chosen = request.user.is_authenticated
    response = authorization(request)
    if was_chosen:
        logout(request)
    return response
