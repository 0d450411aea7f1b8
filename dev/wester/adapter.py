"""What the stand-in reports about an account."""

from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from dev.wester.models import Account


class WesterAdapter(DefaultOIDCAdapter):
    """The issuer has one name at every address; accounts have only a WESTER ID."""

    def get_issuer(self) -> str:
        """Return the name that both sites have read from the same setting."""
        return str(settings.WESTER_ISSUER)

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        """Return the account's name."""
        return user.get_username()

    def get_user_by_sub(self, client: Client, sub: str) -> Account | None:
        """Return the account of this name."""
        return Account.objects.filter(name=sub).first()

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Return the claims, the same in ID token and userinfo."""
        claims = {"sub": self.get_user_sub(client, user)}
        if wester_id := getattr(user, "wester_id", ""):
            claims[settings.WESTER_ID_CLAIM] = wester_id
        return claims
