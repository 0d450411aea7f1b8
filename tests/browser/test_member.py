"""From the link to the receipt, as a new member would: with fingers, keys, and without scripts."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from entries.models import Entry
from entries.receipts import receipt_number
from tests.browser.conftest import Site, Visit
from tests.browser.looking import DESKTOP, PHONE, assert_good_to_use
from tests.factories.campaign import JAPAN

PRESSED = datetime(2024, 12, 10, 12, 3, 21, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]


def choose_member(page: Page, wester_id: str = "WESTER-EXAMPLE-1") -> None:
    """Sign in at WESTER ID as a member."""
    expect(page.get_by_text("WESTER ID の代わりをする開発用サイト")).to_be_visible()
    page.get_by_label("WESTER ID").fill(wester_id)
    page.get_by_role("button", name="ログイン Log in").click()


def sign_in(page: Page, site: Site) -> None:
    """Come from the link and sign in."""
    page.goto(site.url())
    page.get_by_role("button", name="ログインしてエントリーする").click()
    choose_member(page)
    expect(page.get_by_role("button", name="エントリーする", exact=True)).to_be_visible()


def enter(page: Page, site: Site) -> None:
    """Come from the link, sign in and enter."""
    sign_in(page, site)
    page.get_by_role("button", name="エントリーする", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("エントリーが完了しました。")


@pytest.mark.parametrize("size", SIZES)
def test_new_member_gets_from_the_link_to_the_receipt(
    site: Site, visit: Visit, size: ViewportSize
) -> None:
    site.at(PRESSED)
    page = visit(size=size)
    enter(page, site)
    number = receipt_number(Entry.objects.get().pk)
    said = page.get_by_role("status")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()
    expect(said).to_contain_text(number)
    expect(said).to_contain_text("2024年12月10日（火）12:03:21")
    assert_good_to_use(page)


def test_receipt_stays_for_ever(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit()
    enter(page, site)
    number = receipt_number(Entry.objects.get().pk)
    page.reload()
    expect(page.get_by_text(number)).to_be_visible()
    site.at(CLOSES + timedelta(hours=1))
    page.reload()
    expect(page.get_by_text(number)).to_be_visible()
    expect(page.get_by_text("引き続きご確認いただけます。")).to_be_visible()


def test_back_and_pressed_again_makes_no_second_entry(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit()
    sign_in(page, site)
    other = page.context.new_page()
    other.goto(site.url())
    page.get_by_role("button", name="エントリーする", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("エントリーが完了しました。")
    site.at(PRESSED + timedelta(seconds=15))
    other.get_by_role("button", name="エントリーする", exact=True).click()
    said = other.get_by_role("status")
    expect(said).to_contain_text("すでにエントリー済みです（2024年12月10日 12:03）。")
    expect(said).to_be_focused()
    assert Entry.objects.count() == 1


def test_the_button_of_a_tab_from_before_another_sign_in_leads_to_one_that_works(
    site: Site, visit: Visit
) -> None:
    site.at(PRESSED)
    page = visit()
    sign_in(page, site)
    other = page.context.new_page()
    other.goto(site.url())
    other.get_by_role("button", name="ログアウト").click()
    sign_in(other, site)
    page.get_by_role("button", name="エントリーする", exact=True).click()
    expect(page.get_by_text("操作は完了していません。")).to_be_visible()
    assert_good_to_use(page)
    assert not Entry.objects.exists()
    page.get_by_role("link", name="キャンペーンページに戻る").click()
    page.get_by_role("button", name="エントリーする", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("エントリーが完了しました。")


def test_double_click_makes_one_entry(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit()
    sign_in(page, site)
    page.get_by_role("button", name="エントリーする", exact=True).dblclick()
    expect(page.get_by_role("status")).to_contain_text("エントリーが完了しました。")
    assert Entry.objects.count() == 1


def test_keys_are_enough(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit(size=DESKTOP)
    page.goto(site.url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ移動")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "ログインしてエントリーする")  # past the notice of what data is for
    page.keyboard.press("Enter")
    choose_member(page)
    tab_to(page, "エントリーする")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    tab_to(page, "ログアウト", backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="ログインしてエントリーする")).to_be_visible()


def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until the button of this name has the focus."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()
    for _press in range(12):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if button.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"no way with the keys to {name}")


def test_scripts_are_not_needed(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit(java_script_enabled=False)
    enter(page, site)
    expect(page.get_by_text(receipt_number(Entry.objects.get().pk))).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="My page")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in and enter")).to_be_visible()


def test_signed_out_nothing_of_the_member_is_left(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit()
    enter(page, site)
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("button", name="ログインしてエントリーする")).to_be_visible()
    page.go_back()
    page.goto(site.url("mypage/"))
    expect(page.get_by_role("button", name="WESTER IDでログインする")).to_be_visible()


def test_cancelled_sign_in_is_answered_kindly(site: Site, visit: Visit) -> None:
    site.at(PRESSED)
    page = visit()
    page.goto(site.url())
    page.get_by_role("button", name="ログインしてエントリーする").click()
    page.get_by_role("button", name="キャンセル").click()
    expect(page.get_by_role("main").get_by_role("button")).to_be_visible()
    assert_good_to_use(page)
    assert not Entry.objects.exists()
