"""What holds on every page, whatever it shows."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
NARROW: ViewportSize = {"width": 320, "height": 640}  # a desktop at 400 %
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HAS_AXE, RUN_AXE = "() => 'axe' in window", "options => axe.run(options)"
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
# What makes a page wider than the screen, so that it would have to be moved sideways.
OVERFLOW = """
() => {
    const [root, width] = [document.documentElement, document.documentElement.clientWidth];
    const wide = [...document.body.querySelectorAll('*')]
        .filter(one => one.getBoundingClientRect().right > width + 0.5)
        .map(one => `${one.localName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
    return root.scrollWidth > width ? [`${root.scrollWidth - width} px too wide`, ...wide] : [];
}
"""
# As WCAG 1.4.12 asks, for letters that are hard to tell apart; the policy lets no style tag in.
SPACED_LETTERS = """
() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * {
            line-height: 1.5 !important;
            letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important;
        }
        p { margin-bottom: 2em !important; }
    `);
    document.adoptedStyleSheets = [sheet];
}
"""
USUAL_LETTERS = "() => { document.adoptedStyleSheets = []; }"

LARGER_LETTERS = "() => { document.documentElement.style.fontSize = '200%'; }"


def assert_good_everywhere(page: Page) -> None:
    """Check a page on phone and desktop, light and dark, with letters far apart or twice as large.

    Of what axe looks for, only contrast depends on the colours.
    """
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light")
        assert_good_to_use(page)
        page.emulate_media(color_scheme="dark")
        assert_passes_axe(page, {"type": "rule", "values": ["color-contrast"]})
    page.set_viewport_size(NARROW)
    page.evaluate(SPACED_LETTERS)
    assert_fits(page)
    page.evaluate(USUAL_LETTERS)
    page.set_viewport_size(PHONE)
    page.evaluate(LARGER_LETTERS)
    assert_fits(page)


def assert_good_to_use(page: Page) -> None:
    """Check what axe finds, that nothing runs out of the screen, and that fingers hit."""
    assert_passes_axe(page)
    assert_fits(page)


def assert_passes_axe(page: Page, rules: Any = WCAG) -> None:
    """Check what axe finds, by all rules unless told."""
    if not page.evaluate(HAS_AXE):  # half a megabyte: once for each document
        page.evaluate(AXE_SCRIPT)
    # Preloading would add what style sheets import as an inline style, which the policy refuses.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = AxeResults(page.evaluate(RUN_AXE, options))
    assert found.violations_count == 0, found.generate_report()


def assert_fits(page: Page) -> None:
    """Check that nothing runs out of the screen and that every target is large enough."""
    wide, small = page.evaluate(OVERFLOW), page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX)
    assert (wide, small) == ([], []), f"{wide} {small}"
