"""The origin of a web address, as browsers compare it."""

from urllib.parse import urlsplit


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
