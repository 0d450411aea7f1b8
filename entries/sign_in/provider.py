"""allauth's OpenID Connect provider, made strict.

allauth's are the state, PKCE, the requests and the steps of a sign-in. Ours are the place of the
state (``pending``), the session that sends the requests (``provider_session``), the cache, the
checks of the answers (allauth does not verify the signature of a token that it fetched, sends no
nonce, and takes the issuer's name from the issuer), and the accounts.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import quote_plus

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from entries.sign_in import provider_cache
from entries.sign_in.claims import Identity, read_identity
from entries.sign_in.discovery import (
    AUTH_METHODS,
    NAMES_ISSUER,
    Configuration,
    check_configuration,
)
from entries.sign_in.keys import ProviderKeys
from entries.sign_in.refusals import (
    AnswerRefused,
    ClientRejected,
    ProviderUnavailable,
    SignInLost,
)
from entries.sign_in.tokens import compute_nonce, verify_id_token

PROVIDER_ID = "wester"
CONFIGURATION_S = 600
MAX_CODE = 4096  # characters


class WesterLogin(SocialLogin):
    """A sign-in under way. The account is our Member; none of allauth's own records is saved."""

    def __init__(self, identity: Identity, provider: "WesterProvider") -> None:
        super().__init__(account=SocialAccount(provider=PROVIDER_ID, uid=""), provider=provider)
        self.identity = identity


class WesterClient(OAuth2Client):
    """Our side of OAuth 2.0: the address of the login page, and the code for tokens."""

    def get_redirect_url(
        self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]
    ) -> str:
        """Return the address, also where the provider's own has a query already."""
        url: str = super().get_redirect_url(authorization_url, scope, extra_params)
        address, _, query = url.partition("?")
        return f"{address}?{query.replace('?', '&', 1)}"

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """Exchange the code for tokens (RFC 6749, 4.1.3; RFC 7636).

        While our secret is changed, the former one is tried where the provider rejects the current
        one: it checks the client before the code (RFC 6749, 3.2.1).

        Raises:
            ProviderUnavailable, AnswerRefused: the provider did not return tokens.
        """
        if self.basic_auth:  # both parts are encoded as a form's (RFC 6749, 2.3.1)
            self.consumer_key = quote_plus(self.consumer_key)
        *others, last = [self.consumer_secret, *settings.WESTER_CLIENT_SECRET_FALLBACKS]
        for secret in others:
            with suppress(ClientRejected):
                return self.request_tokens(secret, code, pkce_code_verifier, extra_data)
        return self.request_tokens(last, code, pkce_code_verifier, extra_data)

    def request_tokens(
        self, secret: str, code: str, pkce_code_verifier: str | None, extra_data: Any
    ) -> dict[str, Any]:
        """Send one token request with this secret.

        Raises:
            ProviderUnavailable, AnswerRefused: the provider did not return tokens.
        """
        self.consumer_secret = quote_plus(secret) if self.basic_auth else secret
        try:
            tokens: dict[str, Any] = super().get_access_token(  # type: ignore[no-untyped-call]
                code, pkce_code_verifier, extra_data
            )
        except OAuth2Error:  # it repeats the answer
            tokens = {}
        if not isinstance(tokens.get("access_token"), str):
            raise AnswerRefused("access_token_missing")
        return tokens


class WesterAdapter(OpenIDConnectOAuth2Adapter):
    """The requests to the provider that belong to one request of a member."""

    client_class = WesterClient

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER_ID)
        self.nonce = ""

    @property
    def openid_config(self) -> Configuration:
        """The provider's endpoints, as it published them at most ten minutes ago."""
        known = provider_cache.read_cached("configuration", seconds=CONFIGURATION_S)
        with suppress(ProviderUnavailable):  # cached under other settings, or by somebody else
            if isinstance(known, dict):
                return check_configuration(known)
        fetched = check_configuration(super().openid_config)
        provider_cache.store("configuration", fetched, seconds=CONFIGURATION_S)
        return fetched

    @property
    def basic_auth(self) -> bool:  # type: ignore[override]  # a property there too
        """Whether the client's secret goes into the header, or into the form."""
        return "client_secret_basic" in self.openid_config[AUTH_METHODS]

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends the browser back to."""
        return request.build_absolute_uri(reverse("entries:callback"))

    def require_issuer(self, request: HttpRequest) -> None:
        """Check that our provider sent the browser back, with a code or with an error.

        Source: RFC 9207, 2.4 (a provider that promises ``iss`` sends it with every answer).

        Raises:
            AnswerRefused: another issuer did, or none is named although the provider promises it.
            ProviderUnavailable: what it promises cannot be fetched.
        """
        named = request.GET.getlist("iss")
        if any(issuer != settings.WESTER_ISSUER for issuer in named):
            raise AnswerRefused("iss_differs")
        if not named and self.openid_config[NAMES_ISSUER]:
            raise AnswerRefused("iss_missing")

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: OAuth2Client,
        pkce_code_verifier: str | None = None,
    ) -> dict[str, Any]:
        """Check the code that the browser brought back, and exchange it for tokens.

        Raises:
            SignInLost: it brought no code; the provider gets no request.
        """
        code = request.GET["code"]
        if not (0 < len(code) <= MAX_CODE and code.isascii() and code.isprintable()):
            raise SignInLost("no_code")
        self.nonce = compute_nonce(pkce_code_verifier or "")
        tokens: dict[str, Any] = super().get_access_token_data(
            request, app, client, pkce_code_verifier
        )
        return tokens

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Use the access token until this request ends, and nothing else of the answer."""
        return SocialToken(token=data["access_token"])

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> WesterLogin:
        """Return who signs in, from a verified ID token and the userinfo (5.3 of the Core)."""
        claims = self._decode_id_token(app, kwargs["response"].get("id_token"))
        identity = read_identity(
            claims,
            self._fetch_user_info(token.token),
            issuer=settings.WESTER_ISSUER,
            wester_id_claim=settings.WESTER_ID_CLAIM,
        )
        return WesterLogin(identity, WesterProvider(request, app=app))

    def _decode_id_token(self, app: SocialApp, id_token: object) -> dict[str, Any]:
        """Verify everything about an ID token, where allauth would verify no signature."""
        keys = ProviderKeys(self.openid_config["jwks_uri"])
        return verify_id_token(id_token, nonce=self.nonce, keys=keys)


class WesterProvider(OpenIDConnectProvider):
    """The only provider."""

    def get_oauth2_adapter(self, request: HttpRequest) -> WesterAdapter:
        """Return the adapter of this request."""
        return WesterAdapter(request)

    def get_pkce_params(self) -> dict[str, Any]:
        """Add the nonce: derived from the verifier, it needs no storage of its own."""
        params: dict[str, Any] = super().get_pkce_params()
        return {**params, "nonce": compute_nonce(params["code_verifier"])}


def wester_app() -> SocialApp:
    """Return our registration at the provider, from the settings only, never the database."""
    issuer = settings.WESTER_ISSUER.rstrip("/")
    return SocialApp(
        provider=WesterProvider.id,
        provider_id=PROVIDER_ID,
        name="WESTER ID",
        client_id=settings.WESTER_CLIENT_ID,
        secret=settings.WESTER_CLIENT_SECRET,
        settings={
            "server_url": f"{issuer}/.well-known/openid-configuration",
            "scope": settings.WESTER_SCOPE,
            "oauth_pkce_enabled": True,
        },
    )
