"""Where the provider's endpoints are and what its signatures are checked with: asked, then cached.

Source: OpenID Connect Discovery 1.0; RFC 7517 (JSON Web Keys).
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from entries.sign_in import memory
from entries.sign_in.refusals import AnswerRefused, ProviderUnavailable
from entries.sign_in.transport import Conversation, Question

CONFIGURATION_S, KEYS_S = 600, 300
KEYS_ASKED_AGAIN_S = 30
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
AUTH_METHODS = "token_endpoint_auth_methods_supported"

Configuration = dict[str, Any]


def read_configuration(conversation: Conversation) -> Configuration:
    """Return what the provider says about itself, at most ten minutes old.

    Raises:
        ProviderUnavailable: it does not say it, or it is not the issuer we know.
    """
    known: Configuration | None = memory.recall("configuration")
    if known is None:
        address = f"{settings.WESTER_ISSUER.rstrip('/')}/.well-known/openid-configuration"
        known = keep_fit(conversation.ask(Question("GET", address)))
        memory.remember("configuration", known, seconds=CONFIGURATION_S)
    return known


def keep_fit(answer: dict[str, Any]) -> Configuration:
    """Keep what we use of a discovery document.

    Raises:
        ProviderUnavailable: it is another issuer's, or names an endpoint we may not use.
    """
    if answer.get("issuer") != settings.WESTER_ISSUER:
        raise ProviderUnavailable("configuration_of_another_issuer")
    for name in ENDPOINTS:
        if not may_use(answer.get(name)):
            raise ProviderUnavailable(f"configuration_without_{name}")
    if origin_of(answer["authorization_endpoint"]) not in settings.WESTER_LOGIN_ORIGINS:
        # The browser would not follow: see form-action in the content security policy.
        raise ProviderUnavailable("authorization_endpoint_elsewhere")
    methods = answer.get(AUTH_METHODS)
    return {
        **{name: answer[name] for name in ENDPOINTS},
        AUTH_METHODS: methods if isinstance(methods, list) else ["client_secret_basic"],
    }


def may_use(address: object) -> bool:
    """Say whether this is an address as private as the issuer's own."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    schemes = {"https", urlsplit(settings.WESTER_ISSUER).scheme}
    return has_host and parts.scheme in schemes and not parts.fragment


def origin_of(address: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def find_key(conversation: Conversation, kid: str | None) -> PyJWK:
    """Return the provider's key of this name; one that is not known yet is asked for, rarely.

    Raises:
        AnswerRefused: the provider has no such key.
        ProviderUnavailable: it does not say.
    """
    known = memory.recall("keys")
    keys = known or ask_for_keys(conversation)
    key = pick(keys, kid)
    if known and not key and memory.is_first("asked_again", seconds=KEYS_ASKED_AGAIN_S):
        key = pick(ask_for_keys(conversation), kid)
    if not key:
        raise AnswerRefused("unknown_key")
    return key


def ask_for_keys(conversation: Conversation) -> dict[str, Any]:
    """Ask for the keys and remember them for five minutes."""
    address = read_configuration(conversation)["jwks_uri"]
    keys = conversation.ask(Question("GET", address))
    if not read_keys(keys):
        raise ProviderUnavailable("no_keys")
    memory.remember("keys", keys, seconds=KEYS_S)
    return keys


def pick(keys: dict[str, Any], kid: str | None) -> PyJWK | None:
    """Return the key of this name, or the only one where the signature names none."""
    found = read_keys(keys)
    if kid is None:
        return found[0] if len(found) == 1 else None
    return next((key for key in found if key.key_id == kid), None)


def read_keys(keys: dict[str, Any]) -> list[PyJWK]:
    """Return the public keys that signatures are checked with."""
    listed = keys.get("keys")
    if not isinstance(listed, list):
        return []
    public = [key for key in listed if isinstance(key, dict) and "d" not in key]
    try:
        found = PyJWKSet(public).keys
    except (PyJWTError, TypeError, ValueError):
        return []
    return [key for key in found if key.public_key_use in (None, "sig")]
