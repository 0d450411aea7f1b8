"""What allauth asks us: one provider, no pages or messages of its own, no e-mail, no passwords."""

from typing import Any, NoReturn, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from entries.sign_in.members import find_or_make_member
from entries.sign_in.provider import WesterLogin, WesterProvider, wester_app
from entries.sign_in.refusals import (
    AccountClosed,
    AnswerRefused,
    ProviderUnavailable,
    SignInCancelled,
    SignInLost,
)

PROVIDERS_FAULT = ("server_error", "temporarily_unavailable")


def is_own_path(address: str) -> bool:
    """Say whether this leads to a page of ours, whatever host we are called by."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, in one step and in silence."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account begins with the first sign-in through WESTER ID, in no other way."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Lead members to our own pages alone."""
        return is_own_path(url)

    def get_login_stages(self) -> list[str]:
        """Ask for nothing more: who a member is, WESTER ID has found out."""
        return []

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows shows it."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> NoReturn:
        """Refuse an account that staff has closed.

        Raises:
            AccountClosed: always.
        """
        raise AccountClosed


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The provider, and what its errors mean."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the one there is, without asking the database."""
        return [wester_app()]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> WesterProvider:
        """Return the one there is, whatever it is called."""
        return WesterProvider(request, app=wester_app())

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account, or make it at once: there is nothing to ask a new member.

        Raises:
            WesterIdChanged, WesterIdTaken: the account and the WESTER ID do not belong together.
        """
        identity = cast("WesterLogin", sociallogin).identity  # our provider makes no other
        sociallogin.user = find_or_make_member(identity=identity).user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: WesterProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Put allauth's errors in our words.

        Raises:
            SignInRefusal: always; which one depends on what happened.
        """
        if error == AuthError.CANCELLED:
            raise SignInCancelled
        if "state_id" in (extra_context or {}):
            raise SignInLost
        if request.GET.get("error") in PROVIDERS_FAULT:
            raise ProviderUnavailable("error_at_provider")
        raise AnswerRefused("error_at_provider") from exception
