"""What a browser does by itself: keeps cookies, and sends them along. Its pages repeat the csrf token."""

from typing import Any

import httpx

from tests.api.conftest import PASSWORD, Door, Json

PLAIN = {"stowage_access", "stowage_refresh", "stowage_csrf"}
SECURE = {"__Host-stowage_access", "__Secure-stowage_refresh", "__Host-stowage_csrf"}


class Browser(Door):
    """`csrf=None` with a request: the page repeats nothing."""

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        csrf = options.pop("csrf", self.cookie("csrf"))
        headers = {"Stowage-Csrf": csrf} if csrf and method != "GET" else {}
        return await super().request(method, path, headers=headers | options.pop("headers", {}), **options)

    async def sign_up(self, email: str = "ada@example.com") -> Json:
        account = await self.post("/accounts", json={"email": email, "password": PASSWORD})
        assert account.status_code == 201, account.text
        return await self.sign_in(email)

    async def sign_in(self, email: str = "ada@example.com", **options: Any) -> Json:
        body = {"email": email, "password": PASSWORD, "cookies": True}
        answer = await self.post("/sessions", json=body, **options)
        assert answer.status_code == 201, answer.text
        signed_in: Json = answer.json()
        self.account_id = signed_in["account"]["id"]
        return signed_in

    def cookie(self, kind: str) -> str:
        """The value of the access, refresh or csrf cookie; empty if it has none."""
        return next((each.value or "" for each in self.http.cookies.jar if each.name.endswith(kind)), "")


def set_cookies(answer: httpx.Response) -> dict[str, set[str]]:
    """The attributes of each cookie that an answer sets, without their values."""
    lines = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
    return {line[0].partition("=")[0]: set(line[1:]) for line in lines}


def cleared(answer: httpx.Response) -> set[str]:
    return {name for name, attributes in set_cookies(answer).items() if "Max-Age=0" in attributes}
