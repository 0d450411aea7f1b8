"""What the campaign's functions refuse; every message may be read by staff."""

from bookings.refusals import Refusal


class CampaignRefusal(Refusal):
    """Base of what this app refuses."""


class UnknownCampaign(CampaignRefusal):
    """No campaign has this code."""


class NoTerms(CampaignRefusal):
    """The campaign has no terms, neither a draft nor a published version."""


class BrokenCampaignFile(CampaignRefusal):
    """A campaign file that does not hold terms; the message names the field and the rule."""


class AlreadyPublished(CampaignRefusal):
    """The terms are published; only a revision can follow."""


class NotPublished(CampaignRefusal):
    """The terms are not published yet."""


class EntriesFrozen(CampaignRefusal):
    """The list for the draw is frozen; no terms may follow until that draw is void."""


class UnlawfulTerms(CampaignRefusal):
    """The prize law forbids what these terms promise."""


class NotPermitted(CampaignRefusal):
    """This person does not hold the permission."""


class UnknownStaff(CampaignRefusal):
    """No active staff user has this name."""


class UnknownApproval(CampaignRefusal):
    """No approval has this number, or nothing can carry it out."""


class ApprovalEnded(CampaignRefusal):
    """The approval was decided before, in another way."""


class OwnRequest(CampaignRefusal):
    """Nobody approves what they asked for themselves."""


class ContentChanged(CampaignRefusal):
    """What would be carried out is no longer what was asked for."""


class CommandApprovalOff(CampaignRefusal):
    """Here a person approves signed in, not by command."""


class UnknownRole(CampaignRefusal):
    """No role has this name."""
