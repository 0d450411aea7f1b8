"""Set the demo up: schema, clock, campaign, staff, publication; repeating changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command

from core import clock, staff
from core.models import DemoClock
from dev.demo.commands import request_and_approve, run_command
from dev.demo.shipped import FIRST, FOLDER, read_shipped, to_file

PLANNER, OPERATOR, APPROVER, AUDITOR, HELPER, ACCOUNTS, DEPUTY = (
    f"demo-{name}"
    for name in ("planner", "operator", "approver", "auditor", "helper", "accounts", "deputy")
)
FIRST_ACCOUNTS = ("--accounts", ACCOUNTS, "--approver", APPROVER, "--approver", DEPUTY)
ROLES = {
    ACCOUNTS: "accounts",
    PLANNER: "campaign",
    OPERATOR: "ops",
    APPROVER: "approver",
    DEPUTY: "approver",
    AUDITOR: "auditor",
    HELPER: "support",
}
Report = Callable[[str], object]


@dataclass(frozen=True)
class Login:
    """A staff user of the demo and the password of today."""

    username: str
    password: str


@dataclass(frozen=True)
class Setup:
    """The campaign that is played, and the staff who may sign in."""

    campaign: str
    logins: list[Login]


def prepare(report: Report, *, campaign: str = FIRST) -> Setup:
    """Publish a campaign that ships, create staff users, and set the clock to the opening."""
    report("Bringing the database's schema up to date ...")
    call_command("migrate", verbosity=0)
    file = to_file(read_shipped(campaign))
    if not DemoClock.objects.exists():
        # Published the day before its page is public.
        clock.move_demo_clock(to=file.terms["public_at"] - timedelta(days=1), runs=False)
    report(f"Loading the campaign {file.code} ...")
    run_command("campaign", "load", str(FOLDER / f"{campaign}.json"))
    report("Creating staff users: what one requests another must approve ...")
    run_command("staff", "setup", *FIRST_ACCOUNTS, "--generate")
    logins = [create_login(name, role) for name, role in ROLES.items()]
    publish(file.code, report)
    if DemoClock.objects.filter(runs=False).exists() and clock.now() < file.terms["opens_at"]:
        clock.move_demo_clock(to=file.terms["opens_at"], runs=False)
        report(f"The demo's clock stands at {clock.now():%Y-%m-%d %H:%M}, as the entry opens.")
    return Setup(file.code, logins)


def publish(code: str, report: Report) -> None:
    """Publish a campaign: one person requests it, another approves."""
    published = request_and_approve("campaign", "publish", code, by=PLANNER, approver=APPROVER)
    if published["approval"] is not None:
        report(f"{PLANNER} requested the publication of {code}, {APPROVER} approved it.")


def create_login(username: str, role: str) -> Login:
    """Create a staff user where missing, and set a new password, which is printed once."""
    run_command("staff", "add", username, "--role", role, "--generate", "--by", ACCOUNTS)
    user = staff.get_staff(username)
    password = staff.generate_password()
    user.set_password(password)
    user.must_change_password = False  # the next start sets another one
    user.save(update_fields=["password", "must_change_password"])
    return Login(username, password)
