"""The page as an app: it can be installed, opens without a network, and is never older than the server's for long."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage

_KEPT = """async () => {
  const names = await caches.keys()
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
  return requests.flat().map(({ url }) => new URL(url).pathname)
}"""


def await_worker(page: Page) -> None:
    """Until it has kept all that it keeps, and stands between the page and the server."""
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")


def test_the_page_can_be_installed(open_page: OpenPage) -> None:
    page = open_page(workers=True)
    page.goto("/sign-in")
    await_worker(page)

    browser = page.context.new_cdp_session(page)
    told = browser.send("Page.getAppManifest")
    hindrances = browser.send("Page.getInstallabilityErrors")

    assert told["url"].endswith("/manifest.json")
    assert not told["errors"]
    # A private window is what each test has.
    found = {it["errorId"] for it in hindrances["installabilityErrors"]}
    assert found <= {"in-incognito"}


def test_without_a_network_the_page_opens_and_says_so(open_page: OpenPage) -> None:
    page = open_page(workers=True, locale="de-DE")
    page.goto("/sign-up")
    await_worker(page)
    page.get_by_label("E-Mail").fill("shell@example.com")
    page.get_by_label("Passwort").fill("correct horse battery staple")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("heading", name="Dateien", exact=True)).to_be_visible()
    page.context.set_offline(True)

    page.goto("/recent")

    expect(page.get_by_text("Du bist offline.")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Der Server ist nicht erreichbar.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(page.get_by_role("heading", name="Noch nichts passiert")).to_be_visible()


def test_nothing_of_anybodys_account_is_kept(open_page: OpenPage) -> None:
    page = open_page(workers=True)
    drive = DoorPage(page).sign_up()
    await_worker(page)
    drive.put("secret.txt", b"of mine")
    page.reload()
    drive.look_at("secret.txt")
    expect(page.get_by_text("of mine")).to_be_visible()

    kept = page.evaluate(_KEPT)

    assert "/index.html" in kept
    others = [path for path in kept if not path.startswith("/assets/")]
    assert sorted(others) == ["/favicon.svg", "/index.html", "/theme.js"]


def test_a_newer_page_is_offered_and_comes_when_it_is_wanted(open_page: OpenPage) -> None:
    page = open_page(workers=True)
    drive = DoorPage(page).sign_up()
    await_worker(page)

    # Another worker at the same place, which is what a deploy is to a browser.
    page.evaluate("navigator.serviceWorker.register('/sw.js?next').then(() => undefined)")
    page.get_by_role("button", name="Load it").click()

    page.wait_for_function("() => navigator.serviceWorker.controller?.scriptURL.endsWith('?next')")
    DrivePage(page).expect_open()
    drive.new_folder("Still works")
