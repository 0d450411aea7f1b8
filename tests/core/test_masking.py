"""Identifiers as staff who may not view members read them."""

import pytest

from core.masking import mask_identifier


@pytest.mark.parametrize(
    ("identifier", "masked"),
    [
        pytest.param("W904123403", "W9041***03", id="ten characters"),
        pytest.param("W90412340355555", "W9041***55", id="longer, as many stars"),
        pytest.param("W90412340", "***", id="too short to show any of it"),
        pytest.param("W2", "***", id="short"),
        pytest.param("", "***", id="empty"),
    ],
)
def test_mask_identifier_hides_the_middle(identifier: str, masked: str) -> None:
    assert mask_identifier(identifier) == masked
