"""Noon: members press the button, everybody opens the campaign page."""

from datetime import timedelta
from secrets import token_hex

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from campaign.models import Terms
from core.models import User
from core.sign_in.backends import MEMBER_BACKEND
from entries.models import Entry, Member
from tests.bench.crowd import HOST, Ask, press_all, production_server
from tests.bench.loading import execute
from tests.bench.registry import ROUNDS, Result, benchmark, compare
from tests.factories.campaign import CampaignFactory, TermsFactory

PRESSES = 1_500
CREATE_BARE = "CREATE TABLE bench_bare (id bigserial PRIMARY KEY, who bigint, at timestamptz)"
LEAST_OF_BARE, LEAST_OF_CONSTANT = 0.7, 0.9
P99 = 0.99
MANY_ROUNDS = 24  # short ones: what else a machine does weighs on neighbours alike


@benchmark
def entering(scale: float) -> list[Result]:
    """Press the button 64 at a time; the baseline only signs in and inserts a row."""
    terms = open_campaign("bench-entering")
    presses = max(int(PRESSES * scale), 64)
    execute(CREATE_BARE)
    rounds, slowest = [], []
    with production_server() as port:
        for number in range(ROUNDS + 1):
            cookies = sign_in_members(presses, f"round{number}")
            bare = press_all(port, post("/bench/insert/", cookies), expect=302)
            press = post(f"/campaign/detail/{terms.campaign.code}/entry/", cookies)
            entered = press_all(port, press, expect=302)
            if number:  # the first one warms both up
                rounds.append((entered[0], bare[0]))
                slowest.append((p99(entered[1]), p99(bare[1])))
        press_all(port, [*press[:200], *press[:200]], expect=302)
    kept = Entry.objects.filter(campaign=terms.campaign).count()
    if kept != presses * (ROUNDS + 1):
        raise RuntimeError(f"{kept} entries of {presses * (ROUNDS + 1)} members.")
    execute("DROP TABLE bench_bare")
    target = 1 / LEAST_OF_BARE
    return [
        compare("entering", rounds, baseline="one INSERT, signed in", asked=target),
        compare("entering, p99", slowest, baseline="its p99", asked=target),
    ]


@benchmark
def campaign_page(scale: float) -> list[Result]:
    """Open the campaign page 64 at a time; the baseline answers with a constant."""
    terms = open_campaign("bench-page")
    times = max(int(PRESSES / 2 * scale), 64)
    code = terms.campaign.code
    paths = [f"/campaign/detail/{code}/", f"/bench/constant/{code}/"]
    rounds = []
    with production_server() as port:
        for number in range(MANY_ROUNDS + 1):
            in_turn = paths if number % 2 else paths[::-1]
            took = {
                path: press_all(port, [Ask("GET", path, {})] * times, expect=200)[0]
                for path in in_turn
            }
            if number:  # the first one warms both up
                rounds.append((took[paths[0]], took[paths[1]]))
    target = 1 / LEAST_OF_CONSTANT
    return [compare("campaign_page", rounds, baseline="a constant", asked=target)]


def open_campaign(code: str) -> Terms:
    """Publish a campaign that is open now, for production's clock cannot be moved."""
    now = timezone.now().replace(microsecond=0)
    terms: Terms = TermsFactory.create(
        campaign=CampaignFactory.create(code=code),
        published=True,
        public_at=now - timedelta(days=2),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        travel_first=now.date(),
        travel_last=now.date() + timedelta(days=10),
        credit_at=now + timedelta(days=60),
        expires_on=now.date() + timedelta(days=400),
        kept_until=now.date() + timedelta(days=800),
    )
    return terms


def sign_in_members(number: int, name: str) -> list[str]:
    """Make members who have signed in; return the cookies of their browsers."""
    users = User.objects.bulk_create(
        [User(username=f"{name}-{one}", password="!") for one in range(number)]
    )
    Member.objects.bulk_create(
        [
            Member(
                user=user, issuer="https://id.example", sub=user.username, wester_id=user.username
            )
            for user in users
        ]
    )
    sessions = [session_of(user) for user in users]
    Session.objects.bulk_create(sessions)
    return [session.session_key for session in sessions]


def session_of(user: User) -> Session:
    """Return the session of a user as a sign-in leaves it."""
    values = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: MEMBER_BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return Session(
        session_key=token_hex(16),
        session_data=SessionStore().encode(values),
        expire_date=timezone.now() + timedelta(hours=1),
    )


def post(path: str, sessions: list[str]) -> list[Ask]:
    """Return the press of each of these browsers."""
    token = token_hex(16)
    return [
        Ask(
            "POST",
            path,
            {
                "Cookie": f"__Host-sessionid={key}; __Host-csrftoken={token}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{HOST}",
            },
            f"csrfmiddlewaretoken={token}",
        )
        for key in sessions
    ]


def p99(sorted_seconds: list[float]) -> float:
    """Return what 99 of 100 took at most."""
    return sorted_seconds[int(len(sorted_seconds) * P99) - 1]
