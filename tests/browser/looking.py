"""What holds on every page, whatever it shows."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET_PX = 44
# Buttons, and links that stand by themselves; a link within a sentence is as high as its line.
SMALL_TARGETS = """
least => [...document.querySelectorAll('button, a')]
    .filter(one => one.localName === 'button' || !one.closest('p, li')
        || one.textContent.trim() === one.closest('p, li').textContent.trim())
    .filter(one => !one.closest('.skip-link'))
    .map(one => ({name: one.textContent.trim(), box: one.getBoundingClientRect()}))
    .filter(one => one.box.height < least || one.box.width < least)
    .map(one => `${one.name}: ${one.box.width} x ${one.box.height}`)
"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


LARGER_LETTERS = "() => { document.documentElement.style.fontSize = '200%'; }"


def assert_good_everywhere(page: Page) -> None:
    """Check a page on phone and desktop, light and dark, and with letters twice as large.

    Of what axe looks for, only contrast depends on the colours.
    """
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light")
        assert_good_to_use(page)
        page.emulate_media(color_scheme="dark")
        assert_passes_axe(page, {"type": "rule", "values": ["color-contrast"]})
    page.evaluate(LARGER_LETTERS)
    assert_fits(page)


def assert_good_to_use(page: Page) -> None:
    """Check what axe finds, that nothing runs out of the screen, and that fingers hit."""
    assert_passes_axe(page)
    assert_fits(page)


def assert_passes_axe(page: Page, rules: Any = WCAG) -> None:
    """Check what axe finds, by all rules unless told."""
    found = Axe().run(page, options={"runOnly": rules})
    assert found.violations_count == 0, found.generate_report()


def assert_fits(page: Page) -> None:
    """Check that nothing runs out of the screen and that every target is large enough."""
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX) == []
