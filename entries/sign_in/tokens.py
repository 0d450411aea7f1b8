"""Trust an ID token, or refuse it.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725 (no algorithm but those we chose).
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

import jwt
from django.conf import settings
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from entries.sign_in.claims import Claims
from entries.sign_in.refusals import AnswerRefused

ALGORITHMS = ("RS256", "ES256")
REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")
LEEWAY_S = 30  # between the provider's clock and ours


def nonce_of(code_verifier: str) -> str:
    """Return the nonce of a sign-in: a hash of what only this browser's session knows.

    Source: OpenID Connect Core 1.0, 15.5.2. The verifier itself never leaves us before the answer.
    """
    digest = hashlib.sha256(b"nonce/v1\x00" + code_verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def verify_id_token(
    id_token: object, *, nonce: str, find_key: Callable[[str | None], PyJWK]
) -> Claims:
    """Return what a token says, once it is the provider's, for us, of now and of this sign-in.

    The time is the machine's, also where the campaign's clock was moved: the provider knows no
    other.

    Raises:
        AnswerRefused: it is not.
    """
    if not isinstance(id_token, str) or not id_token.isascii():
        raise AnswerRefused("id_token_missing")
    try:
        key = find_key(jwt.get_unverified_header(id_token).get("kid"))
        claims: Claims = jwt.decode(
            id_token,
            key,
            algorithms=ALGORITHMS,
            audience=settings.WESTER_CLIENT_ID,
            issuer=settings.WESTER_ISSUER,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
    except PyJWTError as failure:
        raise AnswerRefused(f"id_token_{type(failure).__name__}") from failure
    require_ours_alone(claims)
    if claims["nonce"] != nonce:
        raise AnswerRefused("nonce_differs")
    return claims


def require_ours_alone(claims: Claims) -> None:
    """Refuse a token that others may use as well, unless it says that it was made for us.

    Raises:
        AnswerRefused: it does not.
    """
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    party = claims.get("azp", None if is_shared else settings.WESTER_CLIENT_ID)
    if party != settings.WESTER_CLIENT_ID:
        raise AnswerRefused("authorized_party_differs")
