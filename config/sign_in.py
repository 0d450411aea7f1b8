"""How the site is registered at WESTER ID: from the environment, or at the local stand-in."""

from dataclasses import dataclass, field
from pathlib import Path

from config.env import env, local_secret
from core.origins import origin_of

LOCAL_ISSUER = "http://127.0.0.1:8001"
LOCAL_CLIENT_ID = "dodonto"
# Where WESTER ID sends a member back to; registered there.
CALLBACK_PATH = "/accounts/login/callback/"


@dataclass(frozen=True)
class SignIn:
    """The WESTER ID that members sign in with, and this site's registration there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    id_claim: str
    scope: list[str]
    login_origins: list[str]
    former_client_secrets: list[str] = field(default_factory=list, repr=False)

    @property
    def may_serve(self) -> bool:
        """Whether everything is set, and the connection is encrypted."""
        return self.issuer.startswith("https://") and bool(self.client_id and self.client_secret)


def read_sign_in(*, state: Path | None) -> SignIn:
    """Read the settings of the sign-in.

    Args: ``state``: the folder of the local stand-in, whose values are used where the environment
        has none (LOCAL_STATE_DIR); None in production.
    """
    issuer = env.web_address("WESTER_ISSUER") or (LOCAL_ISSUER if state else "")
    # A browser follows a form only to these, through every redirect on the way.
    origins = [origin_of(issuer), *env.list("WESTER_LOGIN_ORIGINS", [])]
    secret, *former = env.secrets("WESTER_CLIENT_SECRET") or [
        local_client_secret(state) if state else ""
    ]
    return SignIn(
        issuer=issuer,
        client_id=env.str("WESTER_CLIENT_ID", LOCAL_CLIENT_ID if state else ""),
        client_secret=secret,
        former_client_secrets=former,
        id_claim=env.str("WESTER_ID_CLAIM", "wester_id"),
        scope=env.str("WESTER_SCOPE", "openid").split(),
        login_origins=origins,
    )


def local_client_secret(state: Path) -> str:
    """Return the secret that the site and the local stand-in of one checkout share."""
    return local_secret(state / "wester" / "client_secret")
