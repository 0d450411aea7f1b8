"""Whatever a file of the right form says, it is read, written and checked without loss."""

import json
import random
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from campaign.checks import Surroundings, check_file
from campaign.file_form import FORM
from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import read_campaign_file, write_campaign_file
from core.canonical_json import content_sha256
from core.commands import to_json
from tests.campaign.any_file import files
from tests.campaign.files import as_bytes, changed, places, value_at


def in_one_zone(value: Any) -> Any:
    """Return a file's values with its instants in one zone, to compare."""
    if isinstance(value, dict):
        return {name: in_one_zone(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [in_one_zone(inner) for inner in value]
    try:
        return datetime.fromisoformat(value).timestamp() if "T" in value else value
    except (TypeError, ValueError):
        return value


@given(files)
def test_file_is_written_as_it_was_read(values: dict[str, Any]) -> None:
    file = read_campaign_file(as_bytes(values))

    written = write_campaign_file(file)

    assert in_one_zone(written) == in_one_zone(values)
    assert list(written) == list(FORM)
    assert read_campaign_file(to_json(written).encode()) == file
    assert write_campaign_file(read_campaign_file(as_bytes(written))) == written


@given(files, st.randoms(use_true_random=False))
def test_order_of_keys_and_of_sets_means_nothing(
    values: dict[str, Any], chance: random.Random
) -> None:
    def shuffled(value: Any, place: str = "") -> Any:
        if isinstance(value, dict):
            names = list(value)
            chance.shuffle(names)
            return {name: shuffled(value[name], name) for name in names}
        items = [shuffled(item) for item in value] if isinstance(value, list) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            chance.shuffle(items)
        return items

    file = read_campaign_file(as_bytes(values))
    again = read_campaign_file(as_bytes(shuffled(values)))

    assert again == file
    assert content_sha256(write_campaign_file(again)) == content_sha256(write_campaign_file(file))


@given(files)
def test_any_file_is_checked_to_the_end(values: dict[str, Any]) -> None:
    findings = check_file(read_campaign_file(as_bytes(values)), Surroundings(lines={}))

    for finding in findings:
        assert finding.sentence[-1] == "."
        assert finding.field


@given(files, st.data())
def test_any_other_value_is_read_or_refused_in_one_sentence(
    values: dict[str, Any], data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(places(values)))
    other = data.draw(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5)
        | st.lists(st.text(max_size=3) | st.integers(), max_size=3)
        | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2)
        | st.just(value_at(values, data.draw(st.sampled_from(places(values)))))
    )
    try:
        read_campaign_file(json.dumps(changed(place, other, values)).encode())
    except BrokenCampaignFile as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
        assert "\n" not in str(refusal)  # noqa: PT017
