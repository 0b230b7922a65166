"""The services called directly: who may not is refused, and nothing of anybody's is told or changed."""

import dataclasses
import importlib
import pkgutil
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.descriptor import ServiceDescriptor

import stowage
from local_stack.certificate import new_certificate
from local_stack.pki import ensure_certificates
from local_stack.plan import SERVICES
from local_stack.stack import Stack
from stowage.metadata.v1 import batch_pb2 as batch
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.upload.v1 import upload_pb2 as upload
from tests.e2e.forgeries import Genuine, forgeries
from tests.e2e.locks.cases import CASES, EVERYBODY, Case, Things, service_of
from tests.e2e.locks.conftest import Owner
from tests.e2e.locks.door import Answer, Door, name_of

Doors = dict[str, Door]
METHODS = sorted(CASES)
WITH_TOKEN = [method for method in METHODS if CASES[method].token]
ON_THINGS = [method for method in METHODS if CASES[method].attempts]
ABOUT_ONESELF = [method for method in METHODS if CASES[method].own is not None]


def declared() -> set[str]:
    """Every method of every proto there is."""
    found = set()
    for module in pkgutil.walk_packages(stowage.__path__, "stowage."):
        if module.name.endswith("_pb2"):
            services = importlib.import_module(module.name).DESCRIPTOR.services_by_name.values()
            found |= {path for service in services for path in methods_of(service)}
    return found


def methods_of(service: ServiceDescriptor) -> Iterator[str]:
    return (f"/{service.full_name}/{method.name}" for method in service.methods)


def call(doors: Doors, caller: str, method: str, request: bytes, token: str | None) -> Answer:
    door = doors[caller]
    return door.call(method, request, token=token, instance=door.instances(service_of(method))[0])


def allowed(case: Case) -> str:
    return min(case.callers)


def test_every_rpc_has_a_case_and_every_case_an_rpc() -> None:
    assert declared() == set(CASES)


def test_every_case_that_takes_a_token_says_what_could_be_tried_with_another_persons() -> None:
    assert [method for method in WITH_TOKEN if not CASES[method].attempts and CASES[method].own is None] == []


@pytest.mark.parametrize("method", METHODS)
def test_only_who_may_call_it_is_let_in(method: str, doors: Doors, ann: Owner) -> None:
    case = CASES[method]
    harmful = case.attempts[0](ann.things, ann.things) if case.attempts else case.own
    request = harmful.SerializeToString() if harmful else b""
    refused = {caller: call(doors, caller, method, request, ann.token) for caller in EVERYBODY - case.callers}
    assert {(it.status, it.code) for it in refused.values()} <= {
        (grpc.StatusCode.PERMISSION_DENIED, "caller_not_allowed")
    }, refused
    for caller in case.callers:
        # Nothing is said in it, so nothing is done.
        answer = call(doors, caller, method, b"", ann.spare_token())
        assert answer.code != "caller_not_allowed"
        assert answer.status not in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE), answer


@pytest.mark.parametrize("method", WITH_TOKEN)
def test_without_a_good_token_nothing_is_answered(
    method: str, doors: Doors, ann: Owner, stack: Stack
) -> None:
    case = CASES[method]
    attempt = case.attempts[0](ann.things, ann.things) if case.attempts else case.own
    assert attempt is not None
    request = attempt.SerializeToString()
    answers = {
        what: call(doors, allowed(case), method, request, token)
        for what, token in ({"none": None, "empty": ""} | forgeries(Genuine.of(stack, ann.token))).items()
    }
    assert {(it.status, it.code) for it in answers.values()} == {
        (grpc.StatusCode.UNAUTHENTICATED, "unauthenticated")
    }, answers
    assert not any(it.body for it in answers.values())


@pytest.mark.parametrize("method", ON_THINGS)
def test_another_persons_things_are_like_none(method: str, doors: Doors, ann: Owner, bob: Owner) -> None:
    case = CASES[method]
    for attempt in case.attempts:
        token = bob.token if case.token else None
        on_anns = attempt(bob.things, ann.things).SerializeToString()
        on_nothing = attempt(bob.things, made_up()).SerializeToString()
        foreign = call(doors, allowed(case), method, on_anns, token)
        nothing = call(doors, allowed(case), method, on_nothing, token)
        assert without_own_id(method, foreign) == without_own_id(method, nothing)
        if case.inside:
            assert foreign.status is grpc.StatusCode.OK, foreign
            assert set(codes_inside(method, foreign.body)) == {"node_not_found"}
        else:
            assert foreign.status is grpc.StatusCode.NOT_FOUND, foreign


def without_own_id(method: str, answer: Answer) -> Answer:
    """A bundle is begun for whoever asks, whatever becomes of its files: its id tells of its command only."""
    if not method.endswith("/StartBundle"):
        return answer
    bundle = upload.BundleResponse.FromString(answer.body)
    bundle.ClearField("bundle_id")
    return dataclasses.replace(answer, body=bundle.SerializeToString())


def codes_inside(method: str, body: bytes) -> list[str]:
    """Of each result, its refusal's code; empty for what was done."""
    if method.endswith("/RunTogether"):
        return [batch.RunTogetherResponse.FromString(body).refused.refusal.code]
    if method.endswith("/StartBundle"):
        return [file.refused.code for file in upload.BundleResponse.FromString(body).files]
    if method.endswith("/SignDownloads"):
        return [it.refused.code for it in upload.SignDownloadsResponse.FromString(body).results]
    answers = {
        "Run": batch.RunResponse,
        "CommitMany": pb.CommitManyResponse,
        "CheckDownloads": pb.CheckDownloadsResponse,
    }
    return [result.refusal.code for result in answers[method.rpartition("/")[2]].FromString(body).results]


@pytest.mark.parametrize("method", ABOUT_ONESELF)
def test_what_takes_no_id_tells_of_nobody_else(method: str, doors: Doors, ann: Owner, bob: Owner) -> None:
    own = CASES[method].own
    assert own is not None
    answer = call(doors, allowed(CASES[method]), method, own.SerializeToString(), bob.token)
    assert answer.code in ("", "credentials_wrong"), answer
    for thing in dataclasses.astuple(ann.things):
        assert thing.encode() not in answer.body


def made_up() -> Things:
    """Ids of the right form that nobody has."""
    ids = {field.name: secrets.token_hex(16) for field in dataclasses.fields(Things)}
    return Things(**ids)


def test_a_blob_of_another_drive_is_neither_told_of_nor_given_up(
    doors: Doors, ann: Owner, bob: Owner
) -> None:
    """Even by the upload service itself, mistaken about whose it is."""
    blobs = "/stowage.metadata.v1.BlobService"
    abandon = pb.AbandonRequest(drive_id=bob.things.account_id, blob_ids=[ann.things.blob_id])
    answer = call(doors, "file-upload-service", f"{blobs}/Abandon", abandon.SerializeToString(), None)
    assert answer.status is grpc.StatusCode.OK
    (result,) = pb.AbandonResponse.FromString(answer.body).results
    assert result.outcome == pb.AbandonResponse.OUTCOME_COMMITTED
    commit = pb.CommitRequest(
        blob_id=ann.things.blob_id,
        drive_id=bob.things.account_id,
        actor=f"account:{bob.things.account_id}",
        folder_id="root",
        name="mine now",
        size_bytes=100,
        content_type="text/plain",
        content_hash="c0" * 32,
        layout="p23",
        part_sha256=[b"\x01" * 32],
    )
    refusal = call(doors, "file-upload-service", f"{blobs}/Commit", commit.SerializeToString(), None)
    assert refusal.status is grpc.StatusCode.NOT_FOUND, refusal
    assert ann.things.node_id.encode() not in refusal.body


def test_what_another_person_has_is_as_unknown_as_what_nobody_has(
    doors: Doors, ann: Owner, bob: Owner
) -> None:
    """By its hash, by a file's id and by its place; and who has it is told."""
    method, hers = "/stowage.metadata.v1.BlobService/FindKnown", ann.things
    request = upload.SignDownloadRequest(node_id=hers.node_id).SerializeToString()
    signed = call(doors, "api-gateway", "/stowage.upload.v1.UploadService/SignDownload", request, ann.token)
    file = upload.SignDownloadResponse.FromString(signed.body)

    def ask(who: Owner, things: Things, content_hash: str) -> list[pb.FindKnownResponse]:
        content = {"size_bytes": 100, "layout": "p23"}
        asked = [
            pb.FindKnownRequest(drive_id=things.account_id, content_hash=content_hash, **content),
            pb.FindKnownRequest(drive_id=who.things.account_id, content_hash=content_hash, **content),
            pb.FindKnownRequest(
                drive_id=who.things.account_id,
                version=pb.FindKnownRequest.Version(node_id=things.node_id),
                **content,
            ),
            pb.FindKnownRequest(
                drive_id=who.things.account_id,
                place=pb.FindKnownRequest.Place(folder_id=things.folder_id, name="letter.txt"),
                **content,
            ),
        ]
        answers = [
            call(doors, "file-upload-service", method, it.SerializeToString(), who.token) for it in asked
        ]
        assert {it.status for it in answers} == {grpc.StatusCode.OK}
        return [pb.FindKnownResponse.FromString(it.body) for it in answers]

    assert ask(bob, hers, file.content_hash) == ask(bob, made_up(), "c1" * 32) == [pb.FindKnownResponse()] * 4
    found = ask(ann, hers, file.content_hash)
    assert [it.whole_blob_id for it in found] == [hers.blob_id] * 2 + [""] * 2
    assert [it.base.blob_id for it in found] == [""] * 2 + [hers.blob_id] * 2


def test_a_session_that_has_ended_is_not_live(doors: Doors, ann: Owner) -> None:
    sessions = "/stowage.user.v1.SessionService"
    token = ann.spare_token()
    ended = call(doors, "api-gateway", f"{sessions}/EndSession", b"", token)
    assert ended.status is grpc.StatusCode.OK
    answer = call(doors, "api-gateway", f"{sessions}/CheckSession", b"", token)
    assert (answer.status, answer.code) == (grpc.StatusCode.UNAUTHENTICATED, "session_ended")


def test_afterwards_everything_is_as_it_was(doors: Doors, ann: Owner) -> None:
    """Runs last in this file, after all that was tried above."""
    person, things = ann.person, ann.things
    person.http.headers["Authorization"] = f"Bearer {ann.token}"
    assert person.names() == ["papers"]
    assert person.names(things.folder_id) == ["letter.txt"]
    assert len(person.content(things.node_id)) == 100
    assert person.request("GET", f"/uploads/{things.upload_id}").json()["state"] == "open"
    trash = person.request("GET", "/trash").json()["items"]
    assert [item["node"]["id"] for item in trash] == [things.trashed_id]
    sessions = person.request("GET", "/sessions").json()["items"]
    assert things.session_id in [session["id"] for session in sessions]


# ---- who gets no connection at all ----


def strangers(stack: Stack, folder: Path) -> dict[str, grpc.ChannelCredentials | None]:
    authority = (stack.home.tls / "ca.pem").read_bytes()
    own = folder / "own"
    ensure_certificates(own, ["api-gateway"])
    return {
        "plaintext": None,
        "no certificate": grpc.ssl_channel_credentials(root_certificates=authority),
        "another authority's": grpc.ssl_channel_credentials(
            authority, (own / "api-gateway.key").read_bytes(), (own / "api-gateway.pem").read_bytes()
        ),
        "expired": issued(stack, "api-gateway", days_ago=800),
        "not yet valid": issued(stack, "api-gateway", days_ago=-2),
    }


def issued(stack: Stack, name: str, *, days_ago: float = 0) -> grpc.ChannelCredentials:
    """A certificate of the real authority."""
    authority = x509.load_pem_x509_certificate((stack.home.tls / "ca.pem").read_bytes())
    signer = serialization.load_pem_private_key((stack.home.tls / "ca.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC) - timedelta(days=days_ago)
    certificate = new_certificate(name, key, authority, signer, now)
    return grpc.ssl_channel_credentials(
        authority.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def test_a_stranger_gets_no_connection_to_any_instance(stack: Stack, tmp_path: Path, ann: Owner) -> None:
    for who, credentials in strangers(stack, tmp_path).items():
        with Door(stack, credentials) as door:
            for instance in stack.plan.in_group(SERVICES):
                method = next(it for it in METHODS if service_of(it) == name_of(instance))
                answer = door.call(method, b"", token=ann.token, instance=instance)
                assert answer.status is grpc.StatusCode.UNAVAILABLE, (who, instance.name, answer)


@pytest.mark.parametrize("name", ["somebody-else", "api-gateway.example.com", "*", "API-GATEWAY"])
def test_a_name_that_is_no_service_of_ours_may_call_nothing(stack: Stack, ann: Owner, name: str) -> None:
    with Door(stack, issued(stack, name)) as door:
        for method in METHODS:
            instance = door.instances(service_of(method))[0]
            answer = door.call(method, b"", token=ann.token, instance=instance)
            assert (answer.status, answer.code) == (
                grpc.StatusCode.PERMISSION_DENIED,
                "caller_not_allowed",
            ), method
