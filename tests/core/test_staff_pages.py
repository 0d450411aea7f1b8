"""The pages of staff accounts: who finds them, what they do, and that the factor is asked again."""

import re
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client

from core import staff_pages
from core.models import Approval, User
from core.roles import ROLES
from tests.approving import approve
from tests.campaign.staffpages import page, signed_in
from tests.commands import stored
from tests.core.accounts import with_password
from tests.factories.campaign import ApprovalFactory, CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
CHANGES = [*staff_pages.CHANGES]
PASSWORD_SHOWN = re.compile(r"<code>(\w{20})</code>")


@pytest.fixture
def manager(db: None) -> Client:
    """Return the browser of who runs accounts."""
    return signed_in(UserFactory.create(username="manager", role="accounts"))


def shown_password(response: Any) -> str:
    """Return the password that a page shows, which no cache keeps."""
    assert "no-store" in response.headers["Cache-Control"]
    found = PASSWORD_SHOWN.search(response.content.decode())
    assert found
    return found[1]


def test_list_shows_staff_with_their_roles(manager: Client) -> None:
    UserFactory.create(username="hanako", role="support")
    UserFactory.create(username="a-member")

    response = manager.get(page("user"))

    people = {user.username: user for user in response.context["cl"].queryset}
    assert people.keys() == {"hanako", "manager"}
    assert "member support" in response.content.decode()


@pytest.mark.parametrize("role", sorted({*ROLES} - {"accounts"}))
def test_nobody_else_finds_or_changes_accounts(role: str) -> None:
    user = with_password("hanako", "support")
    client = signed_in(UserFactory.create(role=role))
    before = stored()

    assert client.get(page("user")).status_code == 403
    assert client.get(page("user", "change", user.pk)).status_code == 403
    assert client.post(page("user", "new"), {"username": "x", "role": "ops"}).status_code == 403
    for name in CHANGES:
        assert client.post(page("user", name, user.pk), {"role": "ops"}).status_code == 403
    assert stored() == before


def test_account_is_added_and_its_password_shown_once(manager: Client) -> None:
    assert manager.get(page("user", "new")).status_code == 200

    response = manager.post(page("user", "new"), {"username": "hanako", "role": "support"})

    user = authenticate(username="hanako", password=shown_password(response))
    assert isinstance(user, User)
    assert user.must_change_password
    assert [group.name for group in user.groups.all()] == ["support"]


def test_approver_is_added_by_two(manager: Client) -> None:
    response = manager.post(page("user", "new"), {"username": "hanako", "role": "approver"})

    assert shown_password(response)
    approval = Approval.objects.get()
    assert (approval.action, approval.requested_os_user) == ("staff.make_approver", "")
    approve(approval)
    assert User.objects.get(username="hanako").groups.get().name == "approver"


def test_roles_are_given_and_taken(manager: Client) -> None:
    user = with_password("hanako", "support")

    for name, role in (("add_role", "auditor"), ("remove_role", "support")):
        assert manager.get(page("user", name, user.pk)).status_code == 200
        response = manager.post(page("user", name, user.pk), {"role": role}, follow=True)
        assert [str(one) for one in response.context["messages"]] == ["Done."]

    assert [group.name for group in user.groups.all()] == ["auditor"]


def test_reset_shows_a_password(manager: Client) -> None:
    user = with_password("hanako", "support")

    response = manager.post(page("user", "reset", user.pk))

    assert authenticate(username="hanako", password=shown_password(response)) == user


def test_reset_of_an_approver_is_requested(manager: Client) -> None:
    user = with_password("hanako", "approver")

    response = manager.post(page("user", "reset", user.pk), follow=True)

    assert [str(one) for one in response.context["messages"]] == [
        "Approval was requested; an approver finds it."
    ]
    assert Approval.objects.get().action == "staff.reset_approver"


def test_account_is_disabled_and_the_last_one_is_not(manager: Client) -> None:
    user = with_password("hanako", "support")

    manager.post(page("user", "disable", user.pk))
    last = User.objects.get(username="manager")
    response = manager.post(page("user", "disable", last.pk))

    user.refresh_from_db()
    assert not user.is_active
    assert "the last account with the role accounts" in response.content.decode()
    assert User.objects.get(username="manager").is_active


def test_members_accounts_have_no_page(manager: Client) -> None:
    member = UserFactory.create()

    for name in CHANGES:
        assert manager.post(page("user", name, member.pk), {"role": "ops"}).status_code == 404


@pytest.fixture
def asked_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ask for the second factor at every page; return where it was asked."""
    asked: list[str] = []

    def ask(request: HttpRequest) -> HttpResponse:
        asked.append(request.path)
        return HttpResponseRedirect("/elsewhere/")

    monkeypatch.setattr(staff_pages, "ask_again", ask)
    return asked


def test_every_change_asks_for_the_factor_again(manager: Client, asked_again: list[str]) -> None:
    user = with_password("hanako", "support")
    before = stored()
    addresses = [page("user", "new"), *(page("user", name, user.pk) for name in CHANGES)]

    for address in addresses:
        sent = {"role": "auditor", "username": "ichiro"}
        assert manager.post(address, sent).headers["Location"] == "/elsewhere/"

    assert asked_again == addresses
    assert stored() == before


@pytest.mark.parametrize(
    ("shell", "sentence"),
    [
        ({"requested_os_user": "root", "requested_host": "ops1"}, True),
        ({}, False),
    ],
    ids=["from a shell", "from a page"],
)
def test_approval_names_the_shell_it_came_from(shell: dict[str, str], sentence: bool) -> None:
    user = UserFactory.create(username="hanako", role="campaign")
    approval = ApprovalFactory.create(requested_by=user, **shell)
    client = signed_in(UserFactory.create(role="approver"))

    shown = client.get(page("approval", "change", approval.pk)).content.decode()

    words = "the user root on the machine ops1 named hanako"
    assert (words in shown) is sentence
    assert ("ask hanako whether it was them" in shown) is sentence


def test_who_may_not_open_accounts_finds_no_link_to_one() -> None:
    terms = CampaignFactory.create(published=True).terms.get()
    publisher = terms.published_by
    assert publisher
    account = page("user", "change", publisher.pk)
    of_terms = page("terms", "change", terms.pk)
    of_campaign = page("campaign", "change", terms.campaign.pk)

    for role, linking in (("auditor", set()), ("accounts", {of_terms})):
        client = signed_in(UserFactory.create(role=role))
        texts = {one: client.get(one).content.decode() for one in (of_terms, of_campaign)}
        assert all(publisher.username in text for text in texts.values())
        assert {one for one, text in texts.items() if account in text} == linking


def test_read_only_pages_have_no_hints_for_editing_and_no_empty_history(manager: Client) -> None:
    user = with_password("hanako", "support")

    text = manager.get(page("user", "change", user.pk)).content.decode()

    assert f'<li><a href="{page("user")}"' in text  # the menu
    assert f"/staff/account/{user.pk}/sessions/" in text
    assert "150 characters" not in text
    assert "history/" not in text


@pytest.mark.parametrize("name", CHANGES)
def test_the_page_of_a_change_names_whom_it_changes(manager: Client, name: str) -> None:
    user = with_password("hanako", "support")

    assert "<h2>hanako</h2>" in manager.get(page("user", name, user.pk)).content.decode()
