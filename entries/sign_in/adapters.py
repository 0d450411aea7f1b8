"""allauth's adapters: one provider, no pages or messages of allauth, no e-mail, no passwords."""

from typing import Any, NoReturn, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.sign_in.backends import MEMBER_BACKEND
from entries.sign_in.members import find_or_create_member
from entries.sign_in.provider import WesterLogin, WesterProvider, wester_app
from entries.sign_in.provider_session import ProviderSession
from entries.sign_in.refusals import (
    AccountClosed,
    AnswerRefused,
    ProviderUnavailable,
    SignInCancelled,
    SignInLost,
)

PROVIDER_FAILED = ("server_error", "temporarily_unavailable")


def is_own_path(address: str) -> bool:
    """Return whether this leads to a page of ours, under any name of our host."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


class AccountAdapter(DefaultAccountAdapter):
    """Sign in within one step, without messages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: only the first sign-in through WESTER ID creates an account."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Redirect members to our own pages only."""
        return is_own_path(url)

    def get_login_stages(self) -> list[str]:
        """Add no further step: WESTER ID has identified the member."""
        return []

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Show no message: the page that follows shows the result."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> NoReturn:
        """Refuse an account that staff has closed.

        Raises:
            AccountClosed: always.
        """
        raise AccountClosed


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The provider, how requests reach it, and what its errors mean."""

    def get_requests_session(self) -> ProviderSession:
        """Return the session for one request to the provider."""
        return ProviderSession(self.request)

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the only one, without a query."""
        return [wester_app()]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> WesterProvider:
        """Return the only one, under any name."""
        return WesterProvider(request, app=wester_app())

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account or create it at once: a new member has no form to fill in.

        Raises:
            WesterIdChanged, WesterIdTaken: the account and the WESTER ID do not belong together.
        """
        identity = cast("WesterLogin", sociallogin).identity  # our provider makes no other
        user = find_or_create_member(identity=identity).user
        user.backend = MEMBER_BACKEND  # a session of a member, whatever the account may do
        sociallogin.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: WesterProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Translate allauth's errors into our refusals.

        Raises:
            SignInRefusal: always; which one depends on what happened.
        """
        if error == AuthError.CANCELLED:
            raise SignInCancelled
        if "state_id" in (extra_context or {}):
            raise SignInLost
        if request.GET.get("error") in PROVIDER_FAILED:
            raise ProviderUnavailable("error_at_provider")
        raise AnswerRefused("error_at_provider") from exception
