"""Words that surround us are refused in passwords."""

import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from core.models import User
from core.password_words import ContextWordsValidator

HANAKO = User(username="hanako")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("violet-dodonto-71-kettle", id="the campaign"),
        pytest.param("violet-DoDonto-71-kettle", id="in capitals"),
        pytest.param("violet d.o-d_o n.t.o kettle", id="with signs between its letters"),
        pytest.param("ｄｏｄｏｎｔｏ violet kettle", id="in full width"),
        pytest.param("JR-West violet kettle", id="the railway"),
        pytest.param("kettle e5489 violet", id="a product"),
        pytest.param("すみれ新幹線やかんはしご台所", id="in Japanese"),
        pytest.param("violet-hanako-kettle-71", id="the user's name"),
    ],
)
def test_a_word_of_the_context_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, HANAKO)

    assert "password_of_context" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    ("password", "user"),
    [
        pytest.param("violet-kettle-ladder-71", HANAKO, id="other words"),
        pytest.param("violet-hanak-kettle-71", HANAKO, id="a name that is not the user's"),
        pytest.param("violet-ops-kettle-71", User(username="ops"), id="a name that is too short"),
        pytest.param("violet-kettle-ladder-71", None, id="without a user"),
    ],
)
def test_other_passwords_are_accepted(password: str, user: User | None) -> None:
    ContextWordsValidator().validate(password, user)


def test_the_help_says_so() -> None:
    assert str(ContextWordsValidator().get_help_text()) in password_validators_help_texts()
