"""Make the demo's stage: schema, clock, campaign, staff, publication; repeating changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command

from campaign.termsfile import read_campaign_file
from core import clock, staff
from core.models import DemoClock
from dev.demo.orders import have_approved, order

CAMPAIGN_FILE = Path(__file__).parents[2] / "campaign" / "data" / "012025121203.json"
PLANNER, OPERATOR, APPROVER, AUDITOR, HELPER = (
    f"demo-{name}" for name in ("planner", "operator", "approver", "auditor", "helper")
)
ROLES = {
    PLANNER: "campaign",
    OPERATOR: "ops",
    APPROVER: "approver",
    AUDITOR: "auditor",
    HELPER: "support",
}
SAY = Callable[[str], object]


@dataclass(frozen=True)
class Login:
    """A staff user of the demo and the password of today."""

    username: str
    password: str


@dataclass(frozen=True)
class Stage:
    """What there is to see."""

    campaign: str
    logins: list[Login]


def prepare(say: SAY) -> Stage:
    """Have the first campaign published, its entry open, and two people to work on it."""
    say("Bringing the database's schema up to date ...")
    call_command("migrate", verbosity=0)
    file = read_campaign_file(CAMPAIGN_FILE.read_bytes())
    if not DemoClock.objects.exists():
        # Published the day before.
        clock.move_demo_clock(to=file.terms["opens_at"] - timedelta(days=1), runs=False)
    say(f"Loading the campaign {file.code} ...")
    order("campaign", "load", str(CAMPAIGN_FILE))
    say("Having people of staff, for what one asks another must approve ...")
    logins = [have_login(name, role) for name, role in ROLES.items()]
    publish(file.code, say)
    if DemoClock.objects.filter(runs=False).exists() and clock.now() < file.terms["opens_at"]:
        clock.move_demo_clock(to=file.terms["opens_at"], runs=False)
        say(f"The demo's clock stands at {clock.now():%Y-%m-%d %H:%M}, as the entry opens.")
    return Stage(file.code, logins)


def publish(code: str, say: SAY) -> None:
    """Publish the campaign: one asks for it, the other approves."""
    asked = have_approved("campaign", "publish", code, by=PLANNER, approver=APPROVER)
    if asked["approval"] is not None:
        say(f"{PLANNER} asked for the publication, {APPROVER} approved it.")


def have_login(username: str, role: str) -> Login:
    """Have a staff user with a new password: the one of an earlier demo was shown only then."""
    order("staff", "add", username, "--role", role, "--generate")
    user = staff.get_staff(username)
    password = staff.generate_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    return Login(username, password)
