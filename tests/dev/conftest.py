"""Embedded servers, and the fixtures that the demo's tests share with those of the pages."""

from tests.dev.server_fixtures import folder, running
from tests.portal.conftest import first_campaign, publish, set_clock

__all__ = ["first_campaign", "folder", "publish", "running", "set_clock"]
