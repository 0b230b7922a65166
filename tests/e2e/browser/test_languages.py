"""The page in the reader's language: as the browser says, or as was chosen."""

import uuid

from playwright.sync_api import FilePayload, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import PASSWORD, DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe
from tests.e2e.browser.watch import Watch


def test_the_page_speaks_the_browsers_language(open_page: OpenPage) -> None:
    page = open_page(locale="de-AT")

    page.goto("/sign-in")

    expect(page.get_by_role("heading", name="Willkommen zurück")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_title("Anmelden · Stowage")


def test_a_language_that_the_page_does_not_know_is_english(open_page: OpenPage, watch: Watch) -> None:
    page = open_page(locale="fr-FR")

    page.goto("/sign-in")

    DoorPage(page).expect_open()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_language_is_chosen_before_signing_in_and_kept(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    first.goto("/sign-in")
    second.goto("/sign-up")

    first.get_by_label("Deutsch").check()

    expect(first.get_by_role("heading", name="Willkommen zurück")).to_be_visible()
    expect(second.get_by_role("button", name="Konto anlegen")).to_be_visible()
    first.reload()
    expect(first.get_by_role("heading", name="Willkommen zurück")).to_be_visible()


def test_a_refusal_is_told_in_the_readers_language(open_page: OpenPage) -> None:
    page = open_page(locale="de-DE")
    page.goto("/sign-in")
    page.get_by_label("E-Mail").fill("nobody@example.com")
    page.get_by_label("Passwort").fill("not the one")

    page.get_by_role("button", name="Anmelden").click()

    expect(page.get_by_role("alert")).to_contain_text("E-Mail oder Passwort ist falsch.")
    expect(page.get_by_role("alert")).to_contain_text("Anfrage")


def test_the_account_page_follows_the_browser_again(open_page: OpenPage) -> None:
    page = open_page()
    account = DoorPage(page).sign_up().open_account()
    account.page.get_by_role("radiogroup", name="Language").get_by_label("Deutsch").check()
    expect(page.get_by_role("heading", name="Geräte")).to_be_visible()

    page.get_by_label("Wie der Browser").check()

    expect(page.get_by_role("heading", name="Devices")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_day_in_german(open_page: OpenPage, axe: str) -> None:
    """On a phone, where longer words have the least room."""
    page = open_page(locale="de-DE", width=360)
    page.goto("/sign-up")
    assert_accessible(page, axe)
    page.get_by_label("E-Mail").fill(f"{uuid.uuid4().hex}@example.com")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("heading", name="Hier ist noch nichts")).to_be_visible()
    assert_accessible(page, axe)

    file: FilePayload = {"name": "Brief.txt", "mimeType": "text/plain", "buffer": b"moin"}
    page.get_by_label("Dateien zum Hochladen").set_input_files([file])
    expect(page.get_by_text("Eine Datei hochgeladen")).to_be_visible()
    row = page.get_by_role("grid", name="In Dateien").get_by_role("row")
    expect(row).to_contain_text("4 Byte")
    assert_accessible(page, axe)

    page.get_by_role("button", name="Brief.txt", exact=True).click()
    expect(page.get_by_role("dialog", name="Brief.txt").get_by_text("moin")).to_be_visible()
    assert_accessible(page, axe)
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Brief.txt", exact=True).focus()
    page.keyboard.press("F2")
    page.get_by_role("textbox", name="Neuer Name von Brief.txt").fill("Post.txt")
    page.keyboard.press("Enter")
    expect(row.get_by_text("Post.txt", exact=True)).to_be_visible()

    page.get_by_role("button", name="Post.txt", exact=True).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("„Post.txt“ ist im Papierkorb.")).to_be_visible()
    assert_accessible(page, axe)
    page.get_by_role("button", name="Rückgängig").click()
    expect(row.get_by_text("Post.txt", exact=True)).to_be_visible()

    page.get_by_role("button", name="Dein Konto").click()
    page.get_by_text("Abmelden").click()
    expect(page.get_by_role("heading", name="Willkommen zurück")).to_be_visible()


def test_every_other_page_in_german_can_be_used_by_everybody(open_page: OpenPage, axe: str) -> None:
    page = open_page(width=360)
    drive = DoorPage(page).sign_up()
    drive.put("Brief.txt", b"moin")
    drive.put("fort.txt", b"moin")
    drive.delete("fort.txt")
    page.get_by_role("button", name="Clear the list").click()
    account = drive.open_account()
    page.get_by_role("radiogroup", name="Language").get_by_label("Deutsch").check()
    account.page.get_by_label("Neues Passwort").fill("sieben rote Räder am Berg")
    expect(page.get_by_text("Stärke:")).to_be_visible()
    assert_accessible(page, axe)

    for path, shown in (
        ("/trash", "lag in Dateien"),
        ("/search?q=brief", "Brief.txt"),
        ("/recent", "Brief.txt"),
    ):
        page.goto(path)
        expect(page.get_by_text(shown).first).to_be_visible()
        assert_accessible(page, axe)
