"""The keys that the provider signs its tokens with.

Source: RFC 7517 (JSON Web Keys).
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from jwt import PyJWK, PyJWKClient, PyJWKSet
from jwt.exceptions import PyJWTError

from entries.sign_in import provider_cache
from entries.sign_in.refusals import ProviderUnavailable

KEYS_S = 300
REFRESH_S = 30


class ProviderKeys(PyJWKClient):
    """The provider's public keys, cached for all processes.

    PyJWT's own cache is of one process, and for a while after a fetch it would reject the tokens of
    a key that the provider has changed to since.
    """

    def __init__(self, uri: str) -> None:
        super().__init__(uri, cache_jwk_set=False)
        self.fetched: dict[str, Any] = {}

    def fetch_data(self) -> Any:
        """Fetch the keys and cache them.

        Raises:
            ProviderUnavailable: there is none that can be used.
        """
        with get_adapter().get_requests_session() as session:  # type: ignore[no-untyped-call]
            keys = session.get(self.uri).json()
        if not parse_keys(keys):
            raise ProviderUnavailable("no_keys")
        provider_cache.store("keys", keys, seconds=KEYS_S)
        return keys

    def get_signing_keys(self, refresh: bool = False) -> list[PyJWK]:  # noqa: FBT001, FBT002 - PyJWT's
        """Return the keys; ``refresh``, for a name that is not among them, fetches rarely."""
        keys = self.fetched or provider_cache.read_cached("keys", seconds=KEYS_S)
        is_due = not parse_keys(keys) or (
            refresh
            and not self.fetched
            and provider_cache.is_first_in("refresh", seconds=REFRESH_S)
        )
        if is_due:
            keys = self.fetched = self.fetch_data()
        return parse_keys(keys)

    @staticmethod
    def match_kid(signing_keys: list[PyJWK], kid: str | None) -> PyJWK | None:
        """Return the key of this name, or the only one where the token names none."""
        if kid is None:
            return signing_keys[0] if len(signing_keys) == 1 else None
        return PyJWKClient.match_kid(signing_keys, kid)


def parse_keys(keys: Any) -> list[PyJWK]:
    """Return the public keys for signatures; unlike PyJWT's, they may have no name."""
    listed = keys.get("keys") if isinstance(keys, dict) else None
    if not isinstance(listed, list):
        return []
    public = [key for key in listed if isinstance(key, dict) and "d" not in key]
    try:
        found = PyJWKSet(public).keys
    except (PyJWTError, TypeError, ValueError):
        return []
    return [key for key in found if key.public_key_use in (None, "sig")]
