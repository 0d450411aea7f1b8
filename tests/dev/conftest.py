"""The fixtures that the tests of the demo share with those of the pages."""

from tests.portal.conftest import first_campaign, publish, set_clock

__all__ = ["first_campaign", "publish", "set_clock"]
