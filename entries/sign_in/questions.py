"""What a sign-in asks the provider: the code for tokens, then who they are about.

Source: RFC 6749, 4.1.3; RFC 7636 (PKCE); OpenID Connect Core 1.0, 3.1.3 and 5.3.
"""

from base64 import b64encode
from urllib.parse import quote_plus

from django.conf import settings

from entries.sign_in.discovery import AUTH_METHODS, read_configuration
from entries.sign_in.refusals import AnswerRefused, SignInLost
from entries.sign_in.transport import Answer, Conversation, Question

LONGEST_CODE = 4096


def exchange_code(
    conversation: Conversation, *, code: str, code_verifier: str, callback_url: str
) -> Answer:
    """Exchange the code that the browser brought for tokens.

    Raises:
        SignInLost: it is no code at all; the provider is not bothered with it.
        ProviderUnavailable, AnswerRefused: the provider does not give them.
    """
    if not (0 < len(code) <= LONGEST_CODE and code.isascii() and code.isprintable()):
        raise SignInLost("no_code")
    configuration = read_configuration(conversation)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url,
        "code_verifier": code_verifier,
    }
    headers = {}
    if "client_secret_basic" in configuration[AUTH_METHODS]:
        headers["Authorization"] = basic(settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET)
    else:
        form["client_id"] = settings.WESTER_CLIENT_ID
        form["client_secret"] = settings.WESTER_CLIENT_SECRET
    tokens = conversation.ask(Question("POST", configuration["token_endpoint"], headers, form))
    if not isinstance(tokens.get("access_token"), str):
        raise AnswerRefused("access_token_missing")
    return tokens


def ask_userinfo(conversation: Conversation, *, access_token: str) -> Answer:
    """Ask who the access token is about.

    Raises:
        ProviderUnavailable, AnswerRefused: the provider does not say.
    """
    address = read_configuration(conversation)["userinfo_endpoint"]
    return conversation.ask(
        Question("GET", address, headers={"Authorization": f"Bearer {access_token}"})
    )


def basic(client_id: str, client_secret: str) -> str:
    """Return the header that names us, both parts encoded as a form's (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"
