"""All pages of staff in Japanese: no code of ours, no instant for machines, no English word."""

import getpass
import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories.campaign import UserFactory
from tests.staff_addresses import fill, play, staff_routes

pytestmark = pytest.mark.django_db
# What is shown as it was typed or delivered, and what is no text.
SKIPPED = {"script", "style", "pre", "code", "textarea", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SHOWN_ATTRIBUTES = ("aria-label", "placeholder", "alt")
BUTTONS = ("submit", "button")
SNAKE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
DOTTED = re.compile(r"\b[a-z]{3,}\.[a-z_]{3,}\b")
INSTANT = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d")
FILE = re.compile(r"\S+\.(?:csv|json|zip|bin|py|sig|gz|html)\b")
ADDRESS = re.compile(r"https?://\S+|/[a-z]+/\S*")
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@’'-]*")
# Names of things that a Japanese office reads in Latin letters.
ALLOWED = {
    *("WESTER", "ID", "JR", "EX", "WEST", "JQ", "CARD", "Express", "smart", "Plus", "EXPRESS"),
    *("Dodonto", "JavaScript", "QR", "English"),
    *("CSV", "SHA", "JSON", "JST", "PDF", "PC", "UTF", "BOM", "OK", "No"),
}


class Text(HTMLParser):
    """The text of a page that people read, without what is in English on purpose."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_left_out = tag in SKIPPED or values.get("lang") == "en"
        if not self.is_left_out() and not is_left_out:
            self.found += [values[name] for name in SHOWN_ATTRIBUTES if values.get(name)]
            if tag == "input" and values.get("type") in BUTTONS:
                self.found.append(values.get("value", ""))
        if tag not in VOID:
            self.open.append((tag, is_left_out))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.is_left_out() and data.strip():
            self.found.append(data.strip())

    def is_left_out(self) -> bool:
        return any(is_left_out for _tag, is_left_out in self.open)


def wrong_words(text: str) -> Iterator[str]:
    """Yield the codes, instants and English words of a text."""
    for name in (getpass.getuser(), socket.gethostname()):  # of commands, in the audit
        text = text.replace(name, " ")
    text = ADDRESS.sub(" ", FILE.sub(" ", text))
    for pattern in (SNAKE, DOTTED, INSTANT):
        yield from pattern.findall(text)
    for token in TOKEN.findall(text):
        if not re.search(r"[0-9_.]", token):
            yield from (word for word in token.split("-") if len(word) > 1 and word not in ALLOWED)


def walk(client: Client, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield every page that opens, with its text."""
    for route in staff_routes():
        response: Any = client.get(fill(route, values), follow=True)
        if response.streaming:
            response.getvalue()  # which closes the file
            continue
        is_page = response.headers["Content-Type"].startswith("text/html")
        if response.status_code in (200, 404, 403) and is_page:
            yield route, response.content.decode()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("対象外（bad_amount）", ["bad_amount"]),
        ("操作 campaign.publish", ["campaign.publish"]),
        ("2025-02-14 18:00:00+00:00", ["2025-02-14 18:00"]),
        ("2025年2月15日 3:00", []),
        ("WESTER IDとEX会員番号のCSV（bookings-20250107-001.csv）", []),
        ("Terms sha256", ["Terms"]),
        ("キー ca0d65ce", []),
    ],
)
def test_wrong_words_are_found(text: str, wrong: list[str]) -> None:
    assert list(wrong_words(text)) == wrong


def test_no_page_of_staff_shows_codes_or_english(tmp_path: Path) -> None:
    values = play(tmp_path)
    client = Client()
    client.force_login(UserFactory.create(username="山田", is_staff=True, is_superuser=True))

    found = {
        route: wrong
        for route, html in walk(client, values)
        if (wrong := sorted({one for text in Text(html).found for one in wrong_words(text)}))
    }

    assert found == {}
