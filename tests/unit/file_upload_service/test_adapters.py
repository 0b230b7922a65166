"""Tables that must be whole, and small adapters."""

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from chassis.consul_leadership import ConsulLeadership
from chassis.consul_lock import ConsulError
from chassis.errors import InvalidArgument, Unavailable
from chassis.settings import load
from file_upload_service.adapters.rpc import messages
from file_upload_service.adapters.rpc.policy import POLICY
from file_upload_service.adapters.s3.errors import KNOWN, translate, translated
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.domain.target import ConflictRule
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import UploadState
from file_upload_service.ports.object_store import KeyTaken, MultipartGone
from file_upload_service.settings import UploadSettings
from stowage.upload.v1 import upload_pb2 as pb

NEEDED = {"STOWAGE_ID_SECRET": "x" * 32, "S3_BUCKET": "stowage"}


def s3_error(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "HeadObject")


class TestMessages:
    def test_every_state_rule_and_reach_has_its_message(self) -> None:
        assert set(messages.STATES) == set(UploadState)
        assert set(messages.STATES.values()) == set(pb.UploadState.values()) - {0}
        assert set(messages.RULES.values()) == set(ConflictRule)
        assert set(messages.RULES) == set(pb.ConflictRule.values()) - {0}
        assert set(messages.REACHES.values()) == set(Reach)
        assert set(messages.REACHES) == set(pb.Reach.values())

    def test_what_a_later_version_would_say_is_refused(self) -> None:
        with pytest.raises(InvalidArgument):
            messages.rule_of(99)  # type: ignore[arg-type]  # not a value of the enum yet
        with pytest.raises(InvalidArgument):
            messages.reach_of(99)  # type: ignore[arg-type]  # same

    def test_every_rpc_is_for_people_through_the_gateway(self) -> None:
        methods = pb.DESCRIPTOR.services_by_name["UploadService"].methods_by_name
        assert set(POLICY) == {f"/stowage.upload.v1.UploadService/{name}" for name in methods}
        assert all(rule.token and rule.callers == {"api-gateway"} for rule in POLICY.values())


class TestS3Errors:
    @pytest.mark.parametrize(
        ("code", "meaning"), [("PreconditionFailed", KeyTaken), ("NoSuchUpload", MultipartGone)]
    )
    def test_what_s3_says_is_translated(self, code: str, meaning: type[Exception]) -> None:
        assert isinstance(translate(s3_error(code, 412)), meaning)

    @pytest.mark.parametrize("code", [code for code, meaning in KNOWN.items() if meaning is Unavailable])
    def test_what_passes_is_unavailable(self, code: str) -> None:
        assert isinstance(translate(s3_error(code, 400)), Unavailable)

    def test_a_server_in_trouble_is_unavailable_whatever_it_says(self) -> None:
        assert isinstance(translate(s3_error("Anything", 502)), Unavailable)
        assert isinstance(translate(ConnectTimeoutError(endpoint_url="x")), Unavailable)

    async def test_what_nobody_expected_goes_on_as_it_is(self) -> None:
        with pytest.raises(ClientError):
            async with translated("HeadObject", 1):
                raise s3_error("AccessDenied", 403)


class TestSettings:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in NEEDED.items():
            monkeypatch.setenv(name, value)

    def test_little_is_needed(self) -> None:
        settings = load(UploadSettings)

        assert settings.s3_endpoint is None
        assert settings.s3_flush_directory is None
        assert settings.policy.open_uploads_an_account == 1_000

    def test_secrets_do_not_show(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "very secret")

        assert "very secret" not in repr(load(UploadSettings))
        assert "x" * 32 not in repr(load(UploadSettings))

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("S3_ENDPOINT", "localhost:9000"),
            ("STOWAGE_ID_SECRET", "short"),
            ("STOWAGE_OPEN_UPLOAD_DAYS", "0"),
        ],
    )
    def test_a_bad_value_is_named(self, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
        monkeypatch.setenv(variable, value)

        with pytest.raises(SystemExit, match=variable):
            load(UploadSettings)


class ConsulAway:
    def acquire(self) -> bool:
        raise ConsulError("away")

    def release(self) -> None:
        raise ConsulError("away")


async def test_without_consul_every_instance_sweeps() -> None:
    leadership = ConsulLeadership(ConsulAway())  # type: ignore[arg-type]  # as far as it is used here

    assert await leadership.holds()
    await leadership.close()


def test_times_are_whole_milliseconds() -> None:
    now = SystemClock().now()

    assert now.microsecond % 1000 == 0
    assert now.tzinfo is not None
