"""The registration of the real site at the stand-in."""

from collections.abc import Iterable
from urllib.parse import urljoin

from allauth.idp.oidc.models import Client
from django.conf import settings

from config.sign_in import CALLBACK_PATH

# Of 127.0.0.1 and ::1 every port is meant (RFC 8252, 7.3); of localhost only the one named.
SITES = ("http://127.0.0.1", "http://[::1]", "http://localhost:8000")


def ensure_client(sites: Iterable[str]) -> Client:
    """Register the site with these addresses to return to, and the usual ones."""
    clients = Client.objects  # type: ignore[attr-defined]  # the plugin knows the real site's apps
    client: Client = clients.get_or_create(pk=settings.WESTER_CLIENT_ID)[0]
    client.name = "Dodonto"
    client.skip_consent = True
    client.set_scopes(settings.WESTER_SCOPE)
    client.set_redirect_uris([urljoin(site, CALLBACK_PATH) for site in (*SITES, *sites)])
    if not client.check_secret(settings.WESTER_CLIENT_SECRET):
        client.set_secret(settings.WESTER_CLIENT_SECRET)
    client.save()
    return client
