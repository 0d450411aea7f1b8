"""The largest form of a page, filled in as it was sent, and sent again as a browser would."""

from html.parser import HTMLParser
from typing import Any


class BrowserForm(HTMLParser):
    """Read the fields of all forms of a page into ``fields``, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, list[str]] = {}
        self.area: str | None = None
        self.select: str | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the value of an input, or of the option that is chosen."""
        given = dict(attrs)
        name = given.get("name")
        if tag == "textarea" and name:
            self.area = name
            self.fields[name] = [""]
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select:
            if "selected" in given or self.select not in self.fields:
                self.fields[self.select] = [given.get("value") or ""]
        elif tag == "input" and name:
            self.take_input(name, given)

    def take_input(self, name: str, given: dict[str, str | None]) -> None:
        """Take the value of an input; of a box or a circle only where it is marked."""
        is_mark = given.get("type") in ("checkbox", "radio")
        if is_mark and "checked" not in given:
            return
        value = given.get("value", "on" if is_mark else "")
        self.fields.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        """Take the text of an area; the line end that follows the tag is none of it."""
        if self.area is not None:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        """End an area or a choice."""
        if tag == "textarea" and self.area is not None:
            text = self.fields[self.area][0].removeprefix("\r").removeprefix("\n")
            self.fields[self.area] = [text.replace("\n", "\r\n")]
            self.area = None
        elif tag == "select":
            self.select = None


def sent(page: str, **changed: Any) -> dict[str, Any]:
    """Return what a browser sends of a page's forms, with some fields changed; None leaves out."""
    fields: dict[str, Any] = dict(BrowserForm(page).fields)
    fields.update(changed)
    return {name: value for name, value in fields.items() if value is not None}
