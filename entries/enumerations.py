"""The enumerations of entries and memberships, each typed once.

Source: docs/specs/feeds.md 4, 5.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """Where an entry was made; of entries at one instant the first channel wins."""

    WEB = "web", _("web page")
    APP = "app", _("WESTER app")
    CALL_CENTER = "call_center", _("call centre")


FEED_CHANNELS = (Channel.APP.value, Channel.CALL_CENTER.value)  # of the feed ``entries``


class MembershipStatus(models.TextChoices):
    """Whether a person is a member of WESTER."""

    ACTIVE = "active", pgettext_lazy("a member", "active")
    WITHDRAWN = "withdrawn", _("withdrawn")
