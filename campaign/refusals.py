"""The refusals of this app; staff may read every message."""

from core.errors import Refusal


class CampaignRefusal(Refusal):
    """Base of what this app refuses."""


class UnknownCampaign(CampaignRefusal):
    """No campaign has this code."""


class NoTerms(CampaignRefusal):
    """The campaign has no terms, neither a draft nor a published version."""


class BrokenCampaignFile(CampaignRefusal):
    """A campaign file without correct terms; the message names the field and the rule."""


class AlreadyPublished(CampaignRefusal):
    """The terms are published; only a revision can follow."""


class NotPublished(CampaignRefusal):
    """The terms are not published yet."""


class EntriesFrozen(CampaignRefusal):
    """The list for the draw is frozen; no terms may follow until that draw is void."""


class TermsRefused(CampaignRefusal):
    """The check refuses these terms: they make no sense, or the prize law forbids them."""


class DraftUnfinished(CampaignRefusal):
    """The draft has changes with values missing; they are to be finished, or discarded."""


class DraftChanged(CampaignRefusal):
    """Another person has changed the same step of the draft since it was shown."""


class CodeTaken(CampaignRefusal):
    """A campaign or a draft has this code already."""
