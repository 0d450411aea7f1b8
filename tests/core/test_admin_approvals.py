"""The list of approvals in the admin is only for reading."""

import pytest

from tests.campaign.staffpages import page, signed_in
from tests.factories.campaign import ApprovalFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["campaign", "approver", "support", "ops", "auditor", None])
def test_nothing_is_decided_on_the_list(role: str | None) -> None:
    user = UserFactory.create(role=role, is_staff=True, is_superuser=role is None)
    ApprovalFactory.create()

    response = signed_in(user).get(page("approval"))

    assert response.status_code == 200
    assert response.context["action_form"] is None
