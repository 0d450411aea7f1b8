"""Parse a page strictly, and check what browsers and screen readers need."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "link", "input", "br", "img", "hr"}
READ_OUT = {"title", "aria-label", "alt"}  # attributes that people read or hear
SILENT = {"style", "script"}


@dataclass
class Element:
    """One element with its attributes and language."""

    tag: str
    attributes: dict[str, str]
    lang: str


@dataclass
class Page(HTMLParser):
    """A parsed page; wrongly nested tags are found while parsing."""

    html: str
    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)  # language, text
    nesting: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        assert not self.nesting, f"never closed: {[element.tag for element in self.nesting]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {tag} {names}"
        attributes = {name: value or "" for name, value in attrs}
        around = self.nesting[-1].lang if self.nesting else ""
        element = Element(tag, attributes, attributes.get("lang", around))
        self.elements.append(element)
        self.texts += [
            (element.lang, value) for name, value in attributes.items() if name in READ_OUT
        ]
        if attributes.get("name") == "description":
            self.texts.append((element.lang, attributes["content"]))
        if tag not in VOID:
            self.nesting.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.nesting, f"closes nothing: {tag}"
        assert self.nesting.pop().tag == tag, f"closes something else: {tag}"

    def handle_data(self, data: str) -> None:
        if data.strip() and self.nesting and self.nesting[-1].tag not in SILENT:
            self.texts.append((self.nesting[-1].lang, " ".join(data.split())))

    @property
    def text(self) -> str:
        """The visible text, elements joined without a space as on the screen."""
        body = self.html[self.html.index("<body") :]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of these names, in their order."""
        return [element for element in self.elements if element.tag in tags]

    def values(self, attribute: str) -> list[str]:
        """Return an attribute's values, in their order."""
        return [
            element.attributes[attribute]
            for element in self.elements
            if attribute in element.attributes
        ]


def assert_sound(page: Page, *, scripts: bool = False) -> None:
    """Check what screen readers rely on and what our CSP forbids.

    With ``scripts`` the page may load modules of ours, and still none within itself.
    """
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    referred = {name for value in page.values("aria-labelledby") for name in value.split()}
    assert referred <= set(ids)
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert [len(page.all(tag)) for tag in ("h1", "main", "title")] == [1, 1, 1]
    assert page.all("html")[0].attributes["lang"] in ("ja", "en")
    levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for element in page.all("section", "nav", "form"):
        assert {"aria-label", "aria-labelledby"} & element.attributes.keys()
    for drawing in page.all("svg"):
        assert drawing.attributes["aria-hidden"] == "true"
    loaded = [script.attributes.get("src", "") for script in page.all("script")]
    assert all(address.startswith("/static/") for address in loaded)
    assert scripts or not loaded
    assert not page.all("style", "img", "iframe")
    assert not [name for e in page.elements for name in e.attributes if name.startswith("on")]
    assert not page.values("style")
    assert all(address.startswith(("/", "#")) for address in page.values("href"))
