"""WESTER ID as allauth sees it: its OpenID Connect provider, made strict.

Taken from allauth: state in the session, PKCE, the steps of a sign-in. Ours instead: the questions
to the provider (allauth's have no budget of time), what is believed of the answers (allauth checks
neither signature nor nonce there, and takes the issuer's word for who it is), and the accounts.
"""

from functools import partial
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from entries.sign_in.claims import Identity, read_identity
from entries.sign_in.discovery import Configuration, find_key, read_configuration
from entries.sign_in.questions import ask_userinfo, exchange_code
from entries.sign_in.refusals import AnswerRefused
from entries.sign_in.tokens import nonce_of, verify_id_token
from entries.sign_in.transport import Answer, Conversation

PROVIDER_ID = "wester"


class WesterLogin(SocialLogin):
    """A sign-in under way. The account is our Member; none of allauth's own records is written."""

    def __init__(self, identity: Identity, provider: "WesterProvider") -> None:
        super().__init__(account=SocialAccount(provider=PROVIDER_ID, uid=""), provider=provider)
        self.identity = identity


class WesterClient(OAuth2Client):
    """What the browser is sent to the provider with."""

    def get_redirect_url(
        self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]
    ) -> str:
        """Return the address, also where the provider's own has a query already."""
        url: str = super().get_redirect_url(authorization_url, scope, extra_params)
        address, _, query = url.partition("?")
        return f"{address}?{query.replace('?', '&', 1)}"


class WesterAdapter(OpenIDConnectOAuth2Adapter):
    """One request's dealings with the provider."""

    client_class = WesterClient

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER_ID)
        self.conversation = Conversation()
        self.nonce = ""

    @property
    def openid_config(self) -> Configuration:
        """Where the provider's endpoints are."""
        return read_configuration(self.conversation)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends the browser back to."""
        return request.build_absolute_uri(reverse("entries:callback"))

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: OAuth2Client,
        pkce_code_verifier: str | None = None,
    ) -> Answer:
        """Exchange the code for tokens; an answer of another issuer is none (RFC 9207)."""
        if request.GET.get("iss", settings.WESTER_ISSUER) != settings.WESTER_ISSUER:
            raise AnswerRefused("iss_differs")
        verifier = pkce_code_verifier or ""
        self.nonce = nonce_of(verifier)
        return exchange_code(
            self.conversation,
            code=request.GET["code"],
            code_verifier=verifier,
            callback_url=client.callback_url,
        )

    def parse_token(self, data: Answer) -> SocialToken:
        """Keep the access token until this request ends, and nothing else of the answer."""
        return SocialToken(token=data["access_token"])

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> WesterLogin:
        """Return who signs in, once everything about it has been verified."""
        claims = verify_id_token(
            kwargs["response"].get("id_token"),
            nonce=self.nonce,
            find_key=partial(find_key, self.conversation),
        )
        identity = read_identity(
            claims,
            ask_userinfo(self.conversation, access_token=token.token),
            issuer=settings.WESTER_ISSUER,
            wester_id_claim=settings.WESTER_ID_CLAIM,
        )
        return WesterLogin(identity, WesterProvider(request, app=app))


class WesterProvider(OpenIDConnectProvider):
    """The one provider there is."""

    def get_oauth2_adapter(self, request: HttpRequest) -> WesterAdapter:
        """Return what deals with the provider in this request."""
        return WesterAdapter(request)

    def get_pkce_params(self) -> dict[str, Any]:
        """Add the nonce: bound to the verifier, it needs no place of its own in the session."""
        params: dict[str, Any] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}


def wester_app() -> SocialApp:
    """Return what the provider knows us by; the settings' alone, the database has no say."""
    return SocialApp(
        provider=WesterProvider.id,
        provider_id=PROVIDER_ID,
        name="WESTER ID",
        client_id=settings.WESTER_CLIENT_ID,
        secret=settings.WESTER_CLIENT_SECRET,
        settings={"scope": settings.WESTER_SCOPE, "oauth_pkce_enabled": True},
    )
