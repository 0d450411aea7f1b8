"""nginx with our configuration finds the site, and its own answers are as hard as the site's."""

import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer, DatagramRequestHandler, ThreadingUDPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.outside import ROOT, free_port

NAME = "campaign.example"
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
FIRST, SECOND = "127.0.0.2", "127.0.0.3"
PATIENCE_S = 60  # a busy machine is slow; only a test that fails waits as long
TRANSPORT = "max-age=31536000; includeSubDomains; preload"
ANYWHERE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TEN_MINUTES = 600  # as Docker's own name server says of every container
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed: apt-get install nginx"),
]


class NameServer(ThreadingUDPServer):
    """A name server that returns the address a test sets; None is no address."""

    address: str | None = FIRST
    requested = 0


class Answer(DatagramRequestHandler):
    """Answers one question for the address of a name."""

    def handle(self) -> None:
        """Repeat the question, and say the address."""
        assert isinstance(self.server, NameServer)
        self.server.requested += 1
        query = self.rfile.read()
        end = query.index(b"\0", 12) + 5
        found = self.server.address
        state = 0x8180 if found else 0x8183  # no such name
        head = query[:2] + struct.pack("!5H", state, 1, 1 if found else 0, 0, 0)
        self.wfile.write(head + query[12:end])
        if found:
            record = struct.pack("!HHHIH", 0xC00C, 1, 1, TEN_MINUTES, 4)
            self.wfile.write(record + socket.inet_aton(found))


class Site(BaseHTTPRequestHandler):
    """A site that returns its own address and the requested path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host, proto, connection = (
            self.headers.get(name) for name in ("Host", "X-Forwarded-Proto", "Connection")
        )
        where, path = str(self.connection.getsockname()[0]), self.requestline.split()[1]
        body = f"{where} {path} {host} {proto} {connection}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def running(server: BaseServer) -> Iterator[None]:
    """Serve until the end of the block."""
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Front:
    """nginx with its two ports, and the name server that it uses."""

    names: NameServer
    port: int
    plain_port: int
    words: list[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    def ask(self, path: str, *protocols: str) -> tuple[int, str]:
        """Send a request over TLS; return the status and the body."""
        status, _, body = self.ask_all(path, *protocols)
        return status, body

    def ask_all(self, path: str, *protocols: str) -> tuple[int, Message, str]:
        """Send a request over TLS; return the status, the headers and the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.sock = self.connect(*protocols)
        try:
            connection.putrequest("GET", path, skip_host=True)
            connection.putheader("Host", NAME)
            connection.endheaders()
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def connect(self, *protocols: str) -> ssl.SSLSocket:
        """Open a connection to the site's name."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(protocols)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        return context.wrap_socket(plain, server_hostname=NAME)

    def until(self, holds: Callable[[], bool]) -> None:
        """Retry until a condition holds."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            has_ended = self.process is not None and self.process.poll() is not None
            assert not has_ended, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def answers(self, status: int, beginning: str) -> Callable[[], bool]:
        """Return the question whether an answer comes that begins so."""

        def requested() -> bool:
            try:
                found, body = self.ask("/accounts/")
            except (OSError, HTTPException):
                return False
            return found == status and body.startswith(beginning)

        return requested


def write_certificate(folder: Path) -> None:
    """Write a certificate and its key under the names of compose's secrets."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    day = datetime.now(UTC).replace(microsecond=0)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(day - timedelta(1)).not_valid_after(day + timedelta(1))
    signed = made.sign(key, hashes.SHA256())
    (folder / "tls_certificate").write_bytes(signed.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tls_key").write_bytes(private)


def configure(folder: Path, *, site_port: int, names_port: int) -> tuple[int, int]:
    """Write our configuration, with ports and folders of the test's own."""
    write_certificate(folder)
    port, plain_port = free_port(), free_port()
    template = (ROOT / "config" / "nginx_resolver.conf.template").read_text()
    (folder / "resolver.conf").write_text(
        template.replace("${NGINX_LOCAL_RESOLVERS}", f"127.0.0.1:{names_port}")
    )
    site = (ROOT / "config" / "nginx_site.conf").read_text()
    (folder / "site.conf").write_text(site.replace("web:8000", f"web:{site_port}"))
    shutil.copy(ROOT / "config" / "nginx_headers.conf", folder / "headers.conf")
    shutil.copytree(ROOT / "config" / "errors", folder / "srv" / "errors")
    (folder / "srv" / "static").mkdir()
    (folder / "srv" / "static" / "a.css").write_text("a {}")
    (folder / "mime.types").write_text("types { text/css css; text/html html; }")
    text = (ROOT / "config" / "nginx.conf").read_text()
    for place in ("/etc/nginx/", "/run/secrets/", "/run/", "/var/cache/nginx/", "/srv/"):
        text = text.replace(place, f"{folder}/srv/" if place == "/srv/" else f"{folder}/")
    text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{plain_port}", text)
    text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{port}", text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(text.replace("http {\n", f"http {{\n{temporary}"))
    return port, plain_port


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """Run nginx before two sites on one port, at addresses of their own, of which it knows one."""
    with ExitStack() as stack:
        names = NameServer(("127.0.0.1", 0), Answer)
        first = ThreadingHTTPServer((FIRST, 0), Site)
        second = ThreadingHTTPServer((SECOND, first.server_port), Site)
        for server in (names, first, second):
            stack.enter_context(running(server))
        names_port = names.server_address[1]
        port, plain_port = configure(tmp_path, site_port=first.server_port, names_port=names_port)
        # Files of a test are its user's alone; root would hand them to somebody else.
        user = "user root; " if os.geteuid() == 0 else ""
        words = [str(PROGRAM), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        log = tmp_path / "said"
        found = Front(names, port, plain_port, [*words, "-g", f"{user}daemon off;"], log)
        with log.open("wb") as said:
            process = subprocess.Popen(found.words, stdout=said, stderr=said)
        try:
            found.process = process
            found.until(found.answers(200, FIRST))
            yield found
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def test_the_configuration_is_good(front: Front) -> None:
    checked = subprocess.run(
        [*front.words, "-t"], check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )

    assert checked.returncode == 0, checked.stderr
    assert "[emerg]" not in checked.stderr


def test_a_site_with_a_new_address_is_found_without_a_reload(front: Front) -> None:
    front.names.address = SECOND
    front.until(front.answers(200, SECOND))
    front.names.address = None
    front.until(front.answers(502, ""))
    front.names.address = FIRST
    front.until(front.answers(200, FIRST))
    assert front.process
    assert front.process.poll() is None


def test_many_requests_share_one_lookup(front: Front) -> None:
    before = front.names.requested
    began = time.monotonic()
    for _ in range(10):
        assert front.ask("/")[0] == 200
    # Each answer is believed for two seconds, and each worker process asks for itself.
    questions = (int(time.monotonic() - began) // 2 + 2) * (os.cpu_count() or 1)

    assert front.names.requested - before <= questions


@pytest.mark.parametrize("path", ["/a%2Fb/", "//a//b", "/a/../b", "/%E3%81%82?x=%2F&y=a+b", "/?"])
def test_the_uri_is_passed_unchanged(front: Front, path: str) -> None:
    status, body = front.ask(path)

    assert (status, body.split()[1:]) == (200, [path, NAME, "https", "close"])


def test_http2_is_offered_and_http_leads_to_https(front: Front) -> None:
    with front.connect("h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"
    plain = HTTPConnection("127.0.0.1", front.plain_port, timeout=PATIENCE_S)
    plain.request("GET", "/a?b=c", headers={"Host": NAME})
    response = plain.getresponse()
    plain.close()

    assert (response.status, response.headers["Location"]) == (308, f"https://{NAME}/a?b=c")
    assert {name: response.headers[name] for name in ANYWHERE} == ANYWHERE
    assert response.headers["Strict-Transport-Security"] is None


@pytest.mark.parametrize("path", ["/metrics", "/healthz/ready", "/too_many.html"])
def test_internal_addresses_are_closed(front: Front, path: str) -> None:
    status, headers, body = front.ask_all(path)

    assert status == 404
    assert "ページを表示できません" in body
    assert_hardened(headers)


def test_answers_of_nginx_itself_have_our_headers_and_our_words(front: Front) -> None:
    status, headers, _ = front.ask_all("/static/a.css")
    assert (status, headers["Content-Type"]) == (200, "text/css")
    assert_hardened(headers)
    assert "immutable" in headers["Cache-Control"]

    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 200:
        status, headers, body = front.ask_all("/accounts/login/")
        statuses.append(status)
    assert statuses[-1] == 429
    assert (headers["Retry-After"], headers["Cache-Control"]) == ("10", "no-store")
    assert 'lang="ja"' in body
    assert "アクセスが集中しています" in body
    assert_hardened(headers)

    front.names.address = None
    front.until(lambda: front.ask("/")[0] == 502)
    status, headers, body = front.ask_all("/")
    assert (status, headers["Retry-After"]) == (502, "30")
    assert "ただいまご利用いただけません" in body
    assert_hardened(headers)


def test_answers_of_the_site_have_only_its_own_headers(front: Front) -> None:
    status, headers, _ = front.ask_all("/")

    assert status == 200
    assert [name for name in ANYWHERE if name in headers] == []


def assert_hardened(headers: Message) -> None:
    """Check the headers that every answer of nginx over TLS has, each once."""
    expected = ANYWHERE | {"Strict-Transport-Security": TRANSPORT}
    assert {name: headers.get_all(name) for name in expected} == {
        name: [value] for name, value in expected.items()
    }
