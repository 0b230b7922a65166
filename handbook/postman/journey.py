"""One way through everything, as requests of Postman with its own assertions."""

from handbook.postman.step import Step

_API = "{{base_url}}/api/v1"
# 8 MiB and four bytes: the least that has two parts. ASCII, so that Postman sends it as it is.
_PARTS = """
const parts = ["s".repeat(8 * 1024 * 1024), "tow\\n"];
"""
_SEND = """
const signed = JSON.parse(pm.collectionVariables.get("signed"))[%d];
pm.variables.set("part_url", signed.url);
pm.variables.set("part", parts[%d]);
for (const [key, value] of Object.entries(signed.headers)) {
  if (!["host", "content-length"].includes(key.toLowerCase())) pm.request.headers.upsert({ key, value });
}
"""
_SENT = """
pm.test("storage took the part", () => pm.response.to.have.status(200));
pm.collectionVariables.set("etag_%d", pm.response.headers.get("ETag"));
"""


def _sending(number: int) -> Step:
    return Step(
        f"Send part {number} straight to storage",
        "PUT",
        "{{part_url}}",
        before=_PARTS + _SEND % (number - 1, number - 1),
        raw_body="{{part}}",
        after=_SENT % number,
        is_public=True,
    )


JOURNEY = (
    Step(
        "Sign up",
        "POST",
        f"{_API}/accounts",
        is_public=True,
        before="""
pm.collectionVariables.set("email", `ada-${Date.now()}-${Math.random().toString(16).slice(2)}@example.com`);
""",
        json_body='{"email": "{{email}}", "password": "{{password}}", "display_name": "Ada"}',
        after="""
pm.test("there is an account", () => pm.response.to.have.status(201));
pm.test("with her address", () => pm.expect(pm.response.json().email).to.eql(pm.collectionVariables.get("email")));
""",
    ),
    Step(
        "Sign in",
        "POST",
        f"{_API}/sessions",
        is_public=True,
        json_body='{"email": "{{email}}", "password": "{{password}}", "device": "Postman"}',
        after="""
pm.test("she is in", () => pm.response.to.have.status(201));
pm.collectionVariables.set("access_token", pm.response.json().access_token);
""",
    ),
    Step(
        "Make a folder",
        "POST",
        f"{_API}/folders",
        json_body='{"parent_id": "root", "name": "films"}',
        after="""
pm.test("there is a folder", () => pm.response.to.have.status(201));
pm.test("called so", () => pm.expect(pm.response.json().name).to.eql("films"));
pm.collectionVariables.set("folder_id", pm.response.json().id);
""",
    ),
    Step(
        "Open an upload of two parts",
        "POST",
        f"{_API}/uploads",
        before=_PARTS
        + """
const claims = parts.map((part, index) => ({ number: index + 1, sha256: CryptoJS.SHA256(part).toString() }));
pm.variables.set("claims", JSON.stringify(claims));
pm.variables.set("size", parts.reduce((size, part) => size + part.length, 0));
""",
        json_body='{"folder_id": "{{folder_id}}", "name": "long.txt", "size": {{size}}, "parts": {{claims}}}',
        after="""
pm.test("there is an upload", () => pm.response.to.have.status(201));
const { upload, urls } = pm.response.json();
pm.test("of two parts, each with a URL", () => pm.expect([upload.part_count, urls.length]).to.eql([2, 2]));
pm.collectionVariables.set("upload_id", upload.id);
pm.collectionVariables.set("signed", JSON.stringify(urls));
""",
    ),
    _sending(1),
    _sending(2),
    Step(
        "Complete the upload",
        "POST",
        f"{_API}/uploads/{{{{upload_id}}}}/complete",
        before="""
const parts = [1, 2].map((number) => ({ number, etag: pm.collectionVariables.get(`etag_${number}`) }));
pm.variables.set("reports", JSON.stringify(parts));
""",
        json_body='{"parts": {{reports}}}',
        after="""
pm.test("it is a file", () => pm.expect([pm.response.code, pm.response.json().state]).to.eql([200, "committed"]));
pm.collectionVariables.set("file_id", pm.response.json().node_id);
""",
    ),
    Step(
        "List the folder",
        "GET",
        f"{_API}/folders/{{{{folder_id}}}}/entries",
        after="""
pm.test("the file is there", () => {
  const items = pm.response.json().items.map((item) => [item.id, item.name, item.size]);
  pm.expect(items).to.eql([[pm.collectionVariables.get("file_id"), "long.txt", 8388612]]);
});
""",
    ),
    Step(
        "Ask where the bytes are",
        "GET",
        f"{_API}/files/{{{{file_id}}}}/content",
        stays_here=True,
        after="""
pm.test("in storage", () => pm.response.to.have.status(302));
pm.collectionVariables.set("download_url", pm.response.headers.get("Location"));
""",
    ),
    Step(
        "Download them",
        "GET",
        "{{download_url}}",
        is_public=True,
        before=_PARTS,
        after=_PARTS
        + """
pm.test("they are what was sent", () => pm.expect(pm.response.text() === parts.join("")).to.be.true);
""",
    ),
    Step(
        "Move and rename the file",
        "PATCH",
        f"{_API}/nodes/{{{{file_id}}}}",
        json_body='{"parent_id": "root", "name": "short.txt"}',
        after="""
pm.test("it has another name and the same id", () => {
  const { id, name } = pm.response.json();
  pm.expect([id, name]).to.eql([pm.collectionVariables.get("file_id"), "short.txt"]);
});
""",
    ),
    Step(
        "Move the file to the trash",
        "DELETE",
        f"{_API}/nodes/{{{{file_id}}}}",
        after="""
pm.test("it can be restored for a while", () => pm.expect(pm.response.json()).to.have.property("expires_at"));
""",
    ),
    Step(
        "Look for it where it was",
        "GET",
        f"{_API}/paths/short.txt",
        after="""
pm.test("it is gone", () => {
  pm.response.to.have.status(404);
  pm.expect(pm.response.json().code).to.eql("node_not_found");
});
""",
    ),
    Step(
        "Restore it",
        "POST",
        f"{_API}/trash/{{{{file_id}}}}/restore",
        json_body="{}",
        after="""
pm.test("it is back", () => pm.expect(pm.response.json().name).to.eql("short.txt"));
""",
    ),
    Step(
        "Sign out",
        "DELETE",
        f"{_API}/sessions/current",
        after="""
pm.test("she is out", () => pm.response.to.have.status(204));
""",
    ),
    Step(
        "Try the token once more",
        "GET",
        f"{_API}/account",
        after="""
pm.test("it opens nothing any more", () => {
  pm.response.to.have.status(401);
  pm.expect(pm.response.json().code).to.eql("session_ended");
});
""",
    ),
)
