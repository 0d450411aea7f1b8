"""Verify an ID token.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725 (no algorithm but those we chose).
"""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

import jwt
from django.conf import settings
from jwt import PyJWKClient
from jwt.exceptions import PyJWKClientError, PyJWTError

from entries.sign_in.claims import Claims
from entries.sign_in.refusals import AnswerRefused

ALGORITHMS = ("RS256", "ES256")
REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")
LEEWAY_S = 30  # between the provider's clock and ours


def compute_nonce(code_verifier: str) -> str:
    """Return the nonce of a sign-in: a hash of what only this browser's session knows.

    Source: OpenID Connect Core 1.0, 15.5.2. The verifier itself is not sent before the answer came.
    """
    digest = hashlib.sha256(b"nonce/v1\x00" + code_verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def verify_id_token(id_token: object, *, nonce: str, keys: PyJWKClient) -> dict[str, Any]:
    """Return the claims of a token that the provider made now, for us and for this sign-in.

    The time is the machine's, also where the campaign's clock was moved: the provider knows no
    other.

    Raises:
        AnswerRefused: it is not such a token.
    """
    if not isinstance(id_token, str) or not id_token.isascii():
        raise AnswerRefused("id_token_missing")
    try:
        kid: Any = jwt.get_unverified_header(id_token).get("kid")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            keys.get_signing_key(kid),
            algorithms=ALGORITHMS,
            audience=settings.WESTER_CLIENT_ID,
            issuer=settings.WESTER_ISSUER,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
    except PyJWKClientError:
        raise AnswerRefused("unknown_key") from None
    except PyJWTError as failure:
        raise AnswerRefused(f"id_token_{type(failure).__name__}") from failure
    require_authorized_party(claims)
    if claims["nonce"] != nonce:
        raise AnswerRefused("nonce_differs")
    return claims


def require_authorized_party(claims: Claims) -> None:
    """Refuse a token that others may use as well, unless it was made for us.

    Raises:
        AnswerRefused: it has several audiences or another party, and does not name us as the party.
    """
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    party = claims.get("azp", None if is_shared else settings.WESTER_CLIENT_ID)
    if party != settings.WESTER_CLIENT_ID:
        raise AnswerRefused("authorized_party_differs")
