"""The web page at the front door: its built files, read once at start and served from memory (about a megabyte)."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

INDEX = "/index.html"
# Named by their content: another content is another name.
_HASHED = "/assets/"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# Paths of the API and its documents are never the page's, whatever a browser says it would like to see.
_RESERVED = ("/api", "/docs", "/health", "/openapi.json")


@dataclass(frozen=True, slots=True)
class WebFile:
    """encoded: the same bytes by content encoding, best first."""

    content: bytes
    etag: str
    media_type: str
    cache_control: str
    encoded: Mapping[str, bytes] = field(default_factory=dict)


def read_web_files(folder: Path) -> Mapping[str, WebFile]:
    """Every file by its path in URLs. Ends the process, in words, if there is no page in `folder`."""
    if not (folder / "index.html").is_file():
        raise SystemExit(
            f"STOWAGE_FRONTEND_DIR: {folder} holds no index.html; it is made by `npm run build`."
        )
    packed = tuple(suffix for _, suffix in _ENCODINGS)
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in packed)
    return {f"/{path.relative_to(folder).as_posix()}": _read(path, folder) for path in files}


def _read(path: Path, folder: Path) -> WebFile:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_hashed = f"/{path.relative_to(folder).as_posix()}".startswith(_HASHED)
    packed = {name: path.with_name(path.name + suffix) for name, suffix in _ENCODINGS}
    return WebFile(
        content=content,
        etag=f'W/"{hashlib.sha256(content).hexdigest()[:16]}"',
        media_type=media_type,
        cache_control=_FOR_EVER if is_hashed else _ASK_AGAIN,
        encoded={name: file.read_bytes() for name, file in packed.items() if file.is_file()},
    )


class _PageRoute:
    """What metrics and logs call it; paths hold ids."""

    path = "web page"


class WebPage:
    """Serves the page's files, and its index for every address that a browser is sent to; the rest is the API's."""

    def __init__(self, app: ASGIApp, files: Mapping[str, WebFile], policy: str) -> None:
        self._app = app
        self._files = files
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _PageRoute
        await self._answer(found, Headers(scope=scope))(scope, receive, send)

    def _find(self, scope: Scope) -> WebFile | None:
        path = scope["path"]
        if not self._files or scope["method"] not in ("GET", "HEAD") or _is_reserved(path):
            return None
        if path == "/":
            return self._files[INDEX]
        file = self._files.get(path)
        if file is None and not path.startswith(_HASHED) and _is_navigation(Headers(scope=scope)):
            return self._files[INDEX]
        return file

    def _answer(self, file: WebFile, asked: Headers) -> Response:
        headers = {
            "Cache-Control": file.cache_control,
            # Also on scripts: a worker lives by the policy that came with its own.
            "Content-Security-Policy": self._policy,
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if asked.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=headers)
        accepted = {offer.strip() for offer in asked.get("accept-encoding", "").split(",")}
        for encoding, content in file.encoded.items():
            if encoding in accepted:
                encoded = {**headers, "Content-Encoding": encoding}
                return Response(content, media_type=file.media_type, headers=encoded)
        return Response(file.content, media_type=file.media_type, headers=headers)


def _is_reserved(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _RESERVED)


def _is_navigation(headers: Headers) -> bool:
    """Whether a person looks at the answer. Older browsers, and all on plain HTTP, say so by Accept only."""
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in headers.get("accept", "")
