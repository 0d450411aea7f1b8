"""Expect a campaign's file to be refused in one sentence."""

import pytest

from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import read_campaign_file


def sentence_about(content: bytes) -> str:
    """Return the one sentence that refuses the file."""
    with pytest.raises(BrokenCampaignFile) as refusal:
        read_campaign_file(content)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    return sentence
