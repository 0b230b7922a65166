"""Files are looked at in place, and what stands in them does nothing."""

import io
import struct
import wave
import zlib
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

SECONDS = 20
HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
HOSTILE_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="document.title = 'owned'">
<script>document.title = 'owned'</script><rect width="40" height="30" fill="teal"/></svg>"""
NOTES = f"""# Plan

- *one*
- [elsewhere](https://example.com/)
- [within](/api/v1/account), [worse](javascript:alert)

![pixel](https://elsewhere.example/pixel.png)

{HOSTILE}
"""
# Something darker than paper stands on that page.
_HAS_INK = """(label) => {
  const canvas = document.querySelector(`[aria-label="${label}"] canvas`)
  if (!canvas?.width) return false
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  return data.some((value, at) => at % 4 === 0 && value < 100 && data[at + 3] === 255)
}"""


def test_pictures_sound_and_text_are_shown_in_place(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.put("photo.png", _picture(40, 30), "image/png")
    drive.put("song.wav", _sound(), "audio/wav")
    drive.put("main.py", b"def main():\n    return 'caf\xc3\xa9'\n")

    preview = drive.look_at("photo.png")
    picture = preview.body.get_by_role("img", name="photo.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (it) => (await it.decode(), it.naturalWidth)") == 40
    assert_accessible(page, axe)
    preview.close()

    with page.expect_response(lambda answer: answer.status == 206 and "song.wav" in answer.url):
        preview = drive.look_at("song.wav")
    sound = preview.body.locator("audio")
    sound.evaluate("it => new Promise((done) => { it.onseeked = done; it.currentTime = 15 })")
    assert sound.evaluate("it => Math.round(it.duration)") == SECONDS
    assert_accessible(page, axe)
    preview.close()

    preview = drive.look_at("main.py")
    expect(preview.body.get_by_role("region", name="main.py")).to_have_text(
        "def main():\n    return 'café'\n"
    )
    word = preview.body.locator(".hljs-keyword").first
    expect(word).to_have_text("def")
    assert word.evaluate("it => getComputedStyle(it).color != getComputedStyle(it.closest('pre')).color")
    assert_accessible(page, axe)
    page.go_back()
    expect(preview.body).to_be_hidden()


def test_a_document_is_drawn_page_by_page_as_it_is_scrolled(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.put(
        "survey.pdf", _document("Berth one", "Berth two", "Berth three", "Berth four"), "application/pdf"
    )
    drive.put("broken.pdf", b"no document", "application/pdf")

    preview = drive.look_at("survey.pdf")
    first, last = (preview.body.get_by_role("region", name=f"Page {number}") for number in (1, 4))
    expect(first.get_by_text("Berth one")).to_be_attached()
    page.wait_for_function(_HAS_INK, arg="Page 1")
    assert last.locator("canvas").evaluate("it => it.width") == 0
    assert_accessible(page, axe)
    last.scroll_into_view_if_needed()
    expect(last.get_by_text("Berth four")).to_be_attached()
    page.wait_for_function(_HAS_INK, arg="Page 4")
    preview.close()

    drive.look_at("broken.pdf")
    expect(page.get_by_text("This cannot be shown here")).to_be_visible()


def test_what_cannot_be_shown_is_offered_to_be_saved(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.put("backup.zip", b"PK\x03\x04", "application/zip")
    drive.put("broken.png", b"no picture", "image/png")
    preview = drive.look_at("backup.zip")
    assert_accessible(page, axe)

    with page.expect_download() as begun:
        preview.body.get_by_role("button", name="Download it").click()

    assert Path(begun.value.path()).read_bytes() == b"PK\x03\x04"
    preview.close()
    drive.look_at("broken.png")
    expect(page.get_by_text("This cannot be shown here")).to_be_visible()


def test_what_people_wrote_does_nothing(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.put("page.html", HOSTILE.encode(), "text/html")
    drive.put("drawing.svg", HOSTILE_SVG.encode(), "image/svg+xml")
    drive.put("notes.md", NOTES.encode(), "text/markdown")

    preview = drive.look_at("page.html")
    expect(preview.body.get_by_role("region", name="page.html")).to_have_text(HOSTILE)
    preview.close()
    preview = drive.look_at("drawing.svg")
    picture = preview.body.get_by_role("img", name="drawing.svg")
    assert picture.evaluate("async (it) => (await it.decode(), it.naturalWidth)") == 40
    preview.close()

    preview = drive.look_at("notes.md")
    notes = preview.body.get_by_role("article")
    expect(notes.get_by_role("heading", name="Plan")).to_be_visible()
    expect(notes.locator("em")).to_have_text("one")
    expect(notes.get_by_role("link")).to_have_text(["elsewhere"])
    expect(notes.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(notes).to_contain_text(HOSTILE)
    expect(notes.locator("img, script")).to_have_count(0)
    assert_accessible(page, axe)
    expect(page).to_have_title("Files · Stowage")


def _picture(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    lines = b"".join(b"\0" + bytes((20, 97, 106)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def _sound() -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(bytes(2 * 44_100 * SECONDS))
    return into.getvalue()


def _document(*pages: str) -> bytes:
    """A PDF, a line of text a page."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, words in enumerate(pages):
        drawn = f"BT /F1 48 Tf 72 700 Td ({words}) Tj ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    end = written.index(b"xref")
    return (
        written + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF\n".encode()
    )
