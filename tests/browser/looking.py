"""What holds on every page, whatever it shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET_PX = 44
# Buttons, and links that stand by themselves; a link within a sentence is as high as its line.
SMALL_TARGETS = """
least => [...document.querySelectorAll('button, a.button, a.tool, a.brand')]
    .map(one => ({name: one.textContent.trim(), box: one.getBoundingClientRect()}))
    .filter(one => one.box.height < least || one.box.width < least)
    .map(one => `${one.name}: ${one.box.width} x ${one.box.height}`)
"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def assert_good_to_use(page: Page) -> None:
    """Check what axe finds, that nothing runs out of the screen, and that fingers hit."""
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """Check that nothing runs out of the screen and that every target is large enough."""
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX) == []
