"""The account: who is signed in where, the password, and how the page looks."""

from playwright.sync_api import expect

from local_stack.stack import Stack
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import PASSWORD, DoorPage
from tests.e2e.person import Person

WANTED = "seven red bicycles on a hill"


def test_a_device_is_signed_out_from_another(open_page: OpenPage, stack: Stack) -> None:
    page = open_page()
    with Person(stack.url) as program:
        page.goto("/sign-in")
        account = DoorPage(page).sign_in(program.email).open_account()
        expect(account.devices).to_have_count(2)
        expect(account.devices.filter(has_text="This device")).to_have_count(1)

        page.get_by_role("button", name="Sign out").click()

        expect(account.devices).to_have_count(1)
        assert program.http.get("/account").status_code == 401


def test_a_new_password_is_measured_and_signs_all_other_devices_out(
    open_page: OpenPage, stack: Stack
) -> None:
    page = open_page()
    with Person(stack.url) as program:
        page.goto("/sign-in")
        account = DoorPage(page).sign_in(program.email).open_account()
        account.measure("password1")
        expect(page.get_by_text("Guessed at once")).to_be_visible()
        account.change_password("not the one", WANTED)
        expect(page.get_by_role("alert")).to_contain_text("Request")

        account.change_password(PASSWORD, WANTED)

        expect(page.get_by_text("Your password is changed")).to_be_visible()
        expect(account.devices).to_have_count(1)
        assert program.http.get("/account").status_code == 401


def test_light_or_dark_is_chosen_in_all_windows_and_kept(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    DoorPage(first).sign_up().open_account()
    second.goto("/account")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = first.evaluate(background)

    first.get_by_label("Dark").check()

    expect(second.locator("html")).to_have_attribute("data-theme", "dark")
    assert second.evaluate(background) != light
    first.reload()
    expect(first.locator("html")).to_have_attribute("data-theme", "dark")
    first.get_by_label("As the system").check()
    assert first.evaluate(background) == light
