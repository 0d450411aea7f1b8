"""Any address, form or cookie gets a page, never a 500."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import admin
from django.db import DataError, connection, connections, models, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bookings.models import FeedFile
from config.asgi import application as asgi_application
from config.wsgi import application
from core.models import Approval, User
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import ApprovalFactory, UserFactory
from tests.points import steps
from tests.portal.members import DETAIL, ENTER, MY_PAGE

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
LISTS = sorted((model._meta.label_lower, model) for model in admin.site._registry)
# What Django's own checks of a list's address take or let through to Postgres and the calendar.
OF_ANY_LIST = [
    "p=-1",
    f"p={HUGE}",
    f"p={'9' * 5000}",
    "o=x.-.99",
    f"o=1.-2.{HUGE}",
    "all=x",
    "e=x",
    "e=1&id__exact=x",
    "q=%ff%00",
    "%00=1",
    "nothing=1",
    "pk__regex=(",
    "pk__range=1",
    "pk__in=1,x",
    f"pk__exact={HUGE}",
    "pk__trigram_similar=x",
    "_popup=1&_to_field=x",
    "_changelist_filters=%00",
]
OF_AN_INSTANT = [
    "{}__year=9999",
    "{}__year=9999&{}__month=12&{}__day=31",
    "{}__year=1",
    f"{{}}__year={HUGE}",
    f"{{}}__iso_year={HUGE}",
    "{}__gte=0001-01-01",
    "{}__lt=9999-12-31 23:59:59",
    "{}__gte=10000-01-01",
]
KEYS = ["%00", "_00", "x", "-1", HUGE, "9" * 5000, "%ff", "_ff", "1%2F2", "é", "_"]
PUBLIC = [
    "/",
    "/campaign/series/1/",
    DETAIL,
    ENTER,
    MY_PAGE,
    f"{DETAIL}draw/",
    f"{DETAIL}draw/protocol/",
    f"{DETAIL}draw/1/",
    f"{DETAIL}draw/1/receipt/",
    f"{DETAIL}draw/1/receipt.json",
    f"{DETAIL}draw/1/manifest.json",
    "/draws/signing-keys.json",
    "/accounts/login/",
    "/accounts/login/callback/",
    "/accounts/logout/",
    "/demo/clock/",
    "/language/setlang/",
    "/robots.txt",
    "/healthz/live",
    "/healthz/ready",
    "/metrics",
    "/staff/",
    "/staff/feeds/expected/",
    "/staff/approvals/",
    "/staff/approvals/1/",
    "/staff/approvals/1/confirm/",
    "/staff/approvals/1/refuse/",
    "/staff/approvals/1/verify/",
    "/staff/member/",
    "/staff/member/case/1/",
    "/staff/member/case/1/identity/",
    "/staff/member/case/1/note/",
    "/staff/member/case/1/receipt/",
    "/staff/campaigns/",
    "/staff/campaigns/new/",
    "/staff/campaigns/1/copy/",
    "/staff/campaigns/1/step/name/",
    "/staff/campaigns/1/check/",
    "/staff/campaigns/1/law/",
    "/staff/campaigns/1/discard/",
    "/staff/operations/",
    "/staff/operations/feeds/",
    "/staff/operations/quarantine/",
    "/staff/operations/quarantine/replay/",
    "/staff/operations/quarantine/1/",
    "/staff/operations/campaigns/1/",
    "/staff/operations/campaigns/1/keys/",
    "/staff/operations/campaigns/1/keys/1/",
    "/staff/operations/campaigns/1/freeze/",
    "/staff/login/",
    "/staff/login/second-factor/",
    "/staff/login/enrol/",
    "/staff/login/recovery-codes/",
    "/staff/login/password/",
    "/staff/account/",
    "/staff/account/recovery-codes/",
    "/staff/account/factors/1/remove/",
    "/staff/account/sessions/1/end/",
    "/staff/account/1/sessions/",
    "/staff/campaigns/1/preview/",
    "/staff/campaigns/1/preview/page/",
    "/staff/campaigns/1/rehearsal/",
    "/staff/campaigns/1/announcement/",
    "/staff/campaigns/1/announcement/export/",
    "/staff/audit/",
    "/staff/audit/export/",
    "/staff/audit/law/",
    "/staff/audit/retention/",
    "/staff/audit/verify/",
]
UNFIT = ["%00", "%ff%fe", HUGE, "9" * 5000, "..%2f..%2f"]


@pytest.fixture
def office() -> Client:
    """Return a superuser's browser, with a paid campaign."""
    steps.paid()
    return signed_in(UserFactory.create(is_staff=True, is_superuser=True))


@pytest.fixture(autouse=True)
def _every_request_has_a_transaction_that_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Roll back after each request, so that a failed statement does not break the next one."""
    send = Client.request

    def request(client: Client, **environ: Any) -> Any:
        before = transaction.savepoint()
        try:
            return send(client, **environ)
        finally:
            transaction.savepoint_rollback(before)

    monkeypatch.setattr(Client, "request", request)


def assert_answered(response: Any, address: str) -> None:
    """Check that the answer is a page, a redirect or a friendly refusal."""
    assert response.status_code in (200, 204, 301, 302, 400, 403, 404, 405), address
    if response.status_code == 400:
        assert '<section class="message"' in response.content.decode(), address


def of_list(model: type[models.Model]) -> list[str]:
    """Return the queries for the list of a model."""
    instants = [field.name for field in model._meta.fields if isinstance(field, models.DateField)]
    return [
        *OF_ANY_LIST,
        *(query.replace("{}", instants[0]) for query in OF_AN_INSTANT if instants),
    ]


@pytest.mark.parametrize("model", [model for _, model in LISTS], ids=[name for name, _ in LISTS])
def test_a_staff_list_answers_any_query(office: Client, model: type[models.Model]) -> None:
    opts = model._meta
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    for query in of_list(model):
        response = office.get(f"{page}?{query}")
        assert_answered(response, query)
        if response.status_code == 302:
            assert response.headers["Location"] in (f"{page}?e=1", "?e=1"), query
    assert office.get(f"{page}?e=1").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("model", [model for _, model in LISTS], ids=[name for name, _ in LISTS])
def test_a_staff_record_answers_any_key(office: Client, model: type[models.Model]) -> None:
    opts = model._meta
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    for key in KEYS:
        for view in ("change/", "history/", "delete/", ""):
            assert_answered(office.get(f"{page}{key}/{view}"), f"{key}/{view}")
    for key in ("x", "\0", HUGE, ""):
        chosen = {"action": "delete_selected", "_selected_action": key}
        assert_answered(office.post(page, chosen), key)


@pytest.mark.parametrize(
    "address",
    [
        "/staff/campaign/aggregationrun/reasons/%00/",
        f"/staff/lottery/draw/{HUGE}/bundle/",
        f"/staff/lottery/draw/{HUGE}/receipt/",
        f"/staff/r/{HUGE}/1/",
        "/staff/r/1/%00/",
        "/staff/r/1/x/",
        "/staff/autocomplete/?app_label=x&model_name=y&field_name=z",
        "/staff/autocomplete/?app_label=points&model_name=payout&field_name=draw&term=%00",
        "/staff/jsi18n/?%00",
        "/staff/%00/",
        "/staff/campaign/",
        "/staff/login/?next=%00",
        "/staff/logout/?next=//elsewhere.example/",
    ],
)
def test_other_staff_pages_answer_any_address(office: Client, address: str) -> None:
    assert_answered(office.get(address), address)
    assert_answered(office.post(address, {"wester_id": "\0", "q": "\0"}), address)


def test_impossible_filters_lead_to_the_whole_list(office: Client) -> None:
    page = reverse("admin:bookings_feedfile_changelist")
    response = office.get(f"{page}?e=1&tried_at__year=x")

    assert "This list cannot be shown" in response.content.decode()
    assert '<a href="?">Show the whole list</a>' in response.content.decode()
    assert "database" not in response.content.decode()


def test_a_list_that_fails_without_filters_is_an_error(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.raise_request_exception = False
    page = reverse("admin:bookings_feedfile_changelist")
    monkeypatch.setattr(FeedFile, "__str__", lambda _self: 1 / 0)
    monkeypatch.setattr(admin.site._registry[FeedFile], "get_queryset", lambda _request: 1 / 0)

    assert office.get(page).status_code == 500
    assert office.get(f"{page}?e=1").status_code == 500
    assert office.get(f"{page}?status=loaded").headers["Location"] == f"{page}?e=1"


@pytest.mark.parametrize(
    ("model", "query"),
    [("bookings_feedfile", "tried_at__year=9999"), ("core_auditrecord", "at__year=9999")],
)
@pytest.mark.parametrize("action", ["refuse", "", "x"])
def test_an_action_on_a_list_with_impossible_filters_leads_to_the_whole_list(
    office: Client, model: str, query: str, action: str
) -> None:
    approval = Approval.objects.first()
    assert approval
    page = reverse(f"admin:{model}_changelist")
    before = list(Approval.objects.order_by("pk").values())

    response = office.post(f"{page}?{query}", {"action": action, "_selected_action": approval.pk})

    assert (response.status_code, response.headers["Location"]) == (302, f"{page}?e=1")
    assert list(Approval.objects.order_by("pk").values()) == before


def test_an_action_that_fails_is_an_error(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    office.raise_request_exception = False
    approval = ApprovalFactory.create(requested_by=User.objects.get(is_superuser=True))
    monkeypatch.setattr("core.approvals.refuse", lambda **_: 1 / 0)

    assert office.post(f"/staff/approvals/{approval.pk}/refuse/").status_code == 500


def names(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Yield the names of all pages but for the admin's own."""
    for one in patterns:
        if isinstance(one, URLResolver) and one.namespace != "admin":
            yield from names(one.url_patterns, f"{one.namespace}:" if one.namespace else "")
        elif isinstance(one, URLPattern):
            yield f"{before}{one.name}"


def test_every_page_is_requested() -> None:
    requested = {get_resolver().resolve(address).view_name for address in PUBLIC}

    assert requested - {"admin:login"} == set(names(get_resolver().url_patterns))


@pytest.mark.slow
@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("is_member", [True, False], ids=["signed in", "signed out"])
def test_a_page_answers_any_form(address: str, is_member: bool) -> None:
    client = Client()
    if is_member:
        client.force_login(UserFactory.create())
    for value in UNFIT:
        for path in (f"{address}{value}", address.replace("1", value), f"{address}?next={value}"):
            assert_answered(client.get(path), path)
        sent = f"next={value}&language={value}&to={value}&code={value}&{value}=1"
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            # As from another site, so that nothing goes to WESTER ID, which is not there.
            headers = {"sec-fetch-site": "cross-site"}
            response = client.post(address, sent, content_type=kind, headers=headers)
            assert_answered(response, value)
    with override_settings(DEMO_MODE=True):
        assert_answered(client.post("/demo/clock/", {"to": "\0"}), "the demo's clock")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(settings.SESSION_COOKIE_NAME, r'"\000\000\000\000\000\000\000\000"', id="NUL"),
        pytest.param(
            settings.SESSION_COOKIE_NAME, r'"\377\377\377\377\377\377\377\377"', id="no text"
        ),
        pytest.param(settings.LANGUAGE_COOKIE_NAME, r'"\000"', id="as a language"),
        pytest.param(settings.CSRF_COOKIE_NAME, r'"\000"', id="as a token"),
        pytest.param("messages", r'"\000"', id="as messages"),
    ],
)
@pytest.mark.parametrize("address", [MY_PAGE, DETAIL, "/staff/"])
def test_a_page_answers_any_cookie(address: str, name: str, value: str) -> None:
    assert_answered(Client().get(address, headers={"cookie": f"{name}={value}"}), value)


@pytest.mark.parametrize(
    "charset",
    [
        "=utf-7",
        "=utf-16",
        "=unicode_escape",
        "=base64",
        " = IDNA",
        "=x",
        "*=utf-8''base64",
        "=utf-8",
    ],
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_ignores_a_claimed_encoding(method: str, kind: str, charset: str) -> None:
    many = "&".join(f"a{number}=%5Cud800" for number in range(1100))
    for query in ("next=+2AA-", "next=%5Cud800", many):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/accounts/login/",
            "QUERY_STRING": query,
            "HTTP_SEC_FETCH_SITE": "cross-site",
            "CONTENT_TYPE": f"{kind}; CharSet{charset}",
            "CONTENT_LENGTH": "4",
            "wsgi.input": BytesIO(b"a=\xd8\0"),
            "SERVER_NAME": "testserver",
        }
        assert status_of(environ) in ("200", "400"), query[:20]


@pytest.mark.parametrize("charset", ["=base64", " = IDNA", "*=utf-8''base64", "=utf-8"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_page_of_an_asgi_server_ignores_a_claimed_encoding(kind: str, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xd8\r\n--x--\r\n'
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/accounts/login/",
        "query_string": b"next=%2BAA-",
        "headers": [
            (b"host", b"testserver"),
            (b"sec-fetch-site", b"cross-site"),
            (b"content-type", f"{kind}; CharSet{charset}".encode()),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    received = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not received:
            await asyncio.Event().wait()  # for a disconnect that never comes
        return received.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    def serve() -> None:
        async_to_sync(asgi_application)(scope, receive, send)
        connections.close_all()

    # In a thread of its own: the tests in a browser leave an event loop in the main one.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(serve).result()

    assert sent[0]["status"] in (200, 400)


def status_of(environ: dict[str, Any]) -> str:
    """Call the site as a web server does, and return the status."""
    setup_testing_defaults(environ)
    said = []

    def start_response(status: str, _headers: list[tuple[str, str]], *_: object) -> Any:
        said.append(status[:3])

    b"".join(application(environ, start_response))
    return said[0]


def test_a_text_with_nul_is_a_bad_request_in_the_chosen_language() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    response = client.get("/%00/")

    assert response.status_code == 400
    assert "This page cannot be shown" in response.content.decode()
    with connection.cursor() as cursor, pytest.raises(DataError, match="NUL"):
        cursor.execute("SELECT %s", ["\0"])  # why it is refused
