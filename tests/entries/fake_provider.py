"""A provider on a real port that follows the protocol until a test makes it misbehave."""

import base64
import hashlib
import json
import secrets
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "our-client", "our:secret/with+signs"
Claims = dict[str, Any]
Misbehaviour = Callable[[BaseHTTPRequestHandler], None]


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return a key, another one for another name."""
    return rsa.generate_private_key(
        public_exponent=65537, key_size=1024 if name == "weak" else 2048
    )


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwk(name: str) -> dict[str, Any]:
    """Return the public half of a key, as published."""
    public = RSAAlgorithm.to_jwk(rsa_key(name).public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", "alg": "RS256"}


def ec_jwk() -> dict[str, Any]:
    return {**ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True), "kid": "curve"}


def signed(claims: Claims, key: str = "first") -> str:
    """Sign an ID token as the provider does."""
    return jwt.encode(claims, rsa_key(key), algorithm="RS256", headers={"kid": key})


class FakeProvider:
    """What a test may set: who signs in, how tokens are signed, what each address answers."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.sub, self.wester_id = "account-1", "W-0001"
        self.client_secret, self.unknown_client_status = CLIENT_SECRET, 401
        self.id_claims: Claims = {}
        self.userinfo: Claims = {}
        self.tokens: Claims = {}
        self.configuration: Claims = {}
        self.keys = [jwk("first")]
        self.sign: Callable[[Claims], str] = signed
        self.misbehaviours: dict[str, Misbehaviour] = {}
        self.delays_s: dict[str, float] = {}
        self.requests: Counter[str] = Counter()
        self.authorizations: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str, **answer: str) -> str:
        """Do what a browser and a member do here; return where the browser is sent back to."""
        query = dict(parse_qsl(urlsplit(address).query))
        self.authorizations.append(query)
        if not answer:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            answer = {"code": code}
        back = urlencode({"state": query["state"], **answer})
        return f"{urlsplit(query['redirect_uri']).path}?{back}"

    def discovery(self, _: BaseHTTPRequestHandler) -> tuple[int, Any]:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        document = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()},
        }
        return 200, {**document, **self.configuration}

    def key_set(self, _: BaseHTTPRequestHandler) -> tuple[int, Any]:
        return 200, {"keys": self.keys}

    def token(self, handler: BaseHTTPRequestHandler) -> tuple[int, Any]:
        form = {
            name: values[0]
            for name, values in parse_qs(
                handler.rfile.read(int(handler.headers["Content-Length"])).decode()
            ).items()
        }
        if not self.knows(handler, form):  # before the code is used up (RFC 6749, 3.2.1)
            return self.unknown_client_status, {"error": "invalid_client"}
        sent = self.codes.pop(form["code"], None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            sent is None
            or sent["code_challenge_method"] != "S256"
            or sent["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
            or sent["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.sub,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": sent["nonce"],
            **self.id_claims,
        }
        stated = {name: value for name, value in claims.items() if value is not None}
        return 200, {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": "soon",
            "id_token": self.sign(stated),
            **self.tokens,
        }

    def knows(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> bool:
        if sent := handler.headers["Authorization"]:
            pair = f"{CLIENT_ID}:{quote_plus(self.client_secret)}"
            return bool(sent == f"Basic {base64.b64encode(pair.encode()).decode()}")
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, self.client_secret)

    def user_information(self, handler: BaseHTTPRequestHandler) -> tuple[int, Any]:
        if handler.headers["Authorization"] != "Bearer an-access-token":
            return 401, {}
        claims = {"sub": self.sub, "wester_id": self.wester_id, **self.userinfo}
        return 200, {name: value for name, value in claims.items() if value is not None}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path.removeprefix(urlsplit(self.issuer).path)
        self.requests[path] += 1
        time.sleep(self.delays_s.get(path, 0))
        if misbehaviour := self.misbehaviours.get(path):
            misbehaviour(handler)
            return
        answers = {
            "/.well-known/openid-configuration": self.discovery,
            "/keys": self.key_set,
            "/token": self.token,
            "/userinfo": self.user_information,
        }
        status, body = answers[path](handler)
        send(status, json.dumps(body).encode())(handler)


def send(status: int, body: bytes, **headers: str) -> Misbehaviour:
    """Answer every request with this."""

    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return misbehave


def drip(*pieces: bytes, every_s: float) -> Misbehaviour:
    """Answer piece by piece, each in time, all together never."""

    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            for piece in pieces:
                handler.wfile.write(piece)
                handler.wfile.flush()
                time.sleep(every_s)

    return misbehave


def stall(seconds: float) -> Misbehaviour:
    """Send nothing for so many seconds."""
    return lambda _: time.sleep(seconds)


@contextmanager
def running_provider(certificate: Path | None = None) -> Iterator[FakeProvider]:
    """Run a provider until the test is over; behind TLS where a certificate (with key) is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.answer(self)

        def do_POST(self) -> None:
            provider.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass  # we hang up on who is too slow

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        # A path of its own: another test may have had the same port.
        site = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
        provider = FakeProvider(f"{site}/{secrets.token_hex(8)}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
