"""The provider's discovery document: which part of it we use, and what it may say.

Source: OpenID Connect Discovery 1.0.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from core.origins import origin_of
from entries.sign_in.refusals import ProviderUnavailable

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
AUTH_METHODS = "token_endpoint_auth_methods_supported"
# Whether each answer that the browser brings back names the issuer (RFC 9207).
NAMES_ISSUER = "authorization_response_iss_parameter_supported"

Configuration = dict[str, Any]


def check_configuration(document: dict[str, Any]) -> Configuration:
    """Return the part of a discovery document that we use, fetched or cached.

    Raises:
        ProviderUnavailable: it is another issuer's, or names an endpoint that we may not use.
    """
    if document.get("issuer") != settings.WESTER_ISSUER:
        raise ProviderUnavailable("configuration_of_another_issuer")
    for name in ENDPOINTS:
        if not is_usable_endpoint(document.get(name)):
            raise ProviderUnavailable(f"configuration_without_{name}")
    if origin_of(document["authorization_endpoint"]) not in settings.WESTER_LOGIN_ORIGINS:
        # The browser would not follow: see form-action in the content security policy.
        raise ProviderUnavailable("authorization_endpoint_elsewhere")
    methods = document.get(AUTH_METHODS)
    return {
        "issuer": document["issuer"],
        NAMES_ISSUER: document.get(NAMES_ISSUER) is True,
        **{name: document[name] for name in ENDPOINTS},
        AUTH_METHODS: methods if isinstance(methods, list) else ["client_secret_basic"],
    }


def is_usable_endpoint(address: object) -> bool:
    """Return whether this is an address as private as the issuer's own."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    schemes = {"https", urlsplit(settings.WESTER_ISSUER).scheme}
    return has_host and parts.scheme in schemes and not parts.fragment
