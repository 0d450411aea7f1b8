"""Static files load nothing from elsewhere, and the unhashed addresses in 500.html exist."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config.env import ROOT

FILES = sorted((ROOT / "static").rglob("*.*"))
ELSEWHERE = re.compile(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)|data:|<script|\son\w+=")


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_static_files_fetch_and_run_nothing(file: Path) -> None:
    assert ELSEWHERE.findall(file.read_text("utf-8")) == []


def test_the_page_of_last_resort_finds_its_style() -> None:
    page = (ROOT / "templates/500.html").read_text("utf-8")
    addresses = re.findall(r'"/static/([^"]+)"', page)
    assert addresses
    assert [address for address in addresses if finders.find(address) is None] == []


def test_pages_forbid_what_they_do_not_use(client: Client) -> None:
    policy = client.get("/nowhere/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
