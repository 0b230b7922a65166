"""Every rpc of every service: who may call it, with a token or not, and what could be tried with it.

Written by hand, beside the policies and not from them: the two must agree. A new rpc without a case fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from stowage.metadata.v1 import batch_pb2 as batch
from stowage.metadata.v1 import changes_pb2 as changes
from stowage.metadata.v1 import jobs_pb2 as jobs
from stowage.metadata.v1 import metadata_pb2 as metadata
from stowage.metadata.v1 import search_pb2 as search
from stowage.metadata.v1 import versions_pb2 as versions
from stowage.upload.v1 import upload_pb2 as upload
from stowage.user.v1 import user_pb2 as user

GATEWAY = frozenset({"api-gateway"})
UPLOAD = frozenset({"file-upload-service"})
EVERYBODY = frozenset({"api-gateway", "user-service", "file-metadata-service", "file-upload-service"})


@dataclass(frozen=True, slots=True)
class Things:
    """What belongs to a person."""

    account_id: str
    session_id: str
    folder_id: str
    node_id: str
    trashed_id: str
    blob_id: str
    upload_id: str
    bundle_id: str
    name: str


Attempt = Callable[[Things, Things], Message]


@dataclass(frozen=True, slots=True)
class Case:
    """attempts: what one person (the first) may try on another's things; each must be like on nothing at all.

    own: the rpc takes no id, and must tell of nobody but the caller. inside: refusals stand in its answer.
    """

    callers: frozenset[str]
    token: bool
    attempts: tuple[Attempt, ...] = ()
    own: Message | None = None
    inside: bool = False


def _person(*attempts: Attempt, own: Message | None = None, inside: bool = False) -> Case:
    return Case(GATEWAY, token=True, attempts=attempts, own=own, inside=inside)


def _claims() -> list[Any]:
    return [upload.PartClaim(number=1, sha256=b"\x01" * 32)]


def _small(folder_id: str) -> upload.StartBundleRequest.File:
    return upload.StartBundleRequest.File(folder_id=folder_id, name="a", size_bytes=1, sha256=b"\x01" * 32)


_PART = [upload.PartReport(number=1, etag='"00"')]
_USER = {
    "AccountService/Register": Case(GATEWAY, token=False),
    "AccountService/GetAccount": _person(own=user.GetAccountRequest()),
    "AccountService/UpdateAccount": _person(own=user.UpdateAccountRequest(display_name="Bob")),
    "AccountService/ChangePassword": _person(
        own=user.ChangePasswordRequest(current_password="a guess", new_password="and another long one")
    ),
    "SessionService/SignIn": Case(GATEWAY, token=False),
    "SessionService/Refresh": Case(GATEWAY, token=False),
    "SessionService/CheckSession": _person(own=user.CheckSessionRequest()),
    "SessionService/ProlongAccess": _person(own=user.ProlongAccessRequest()),
    "SessionService/ListSessions": _person(own=user.ListSessionsRequest()),
    "SessionService/EndSession": _person(lambda _, it: user.EndSessionRequest(session_id=it.session_id)),
    "KeyService/GetSigningKeys": Case(EVERYBODY, token=False),
}
_NODES = {
    "GetDrive": _person(own=metadata.GetDriveRequest()),
    "ListTrash": _person(own=metadata.ListTrashRequest()),
    "ResolvePath": _person(own=metadata.ResolvePathRequest(segments=["papers"])),
    "GetNode": _person(
        lambda _, it: metadata.GetNodeRequest(node_id=it.node_id, with_ancestors=True),
        lambda _, it: metadata.GetNodeRequest(node_id=it.folder_id),
        lambda _, it: metadata.GetNodeRequest(node_id=it.account_id),  # the root's id
    ),
    "ListEntries": _person(
        lambda _, it: metadata.ListEntriesRequest(folder_id=it.folder_id),
        lambda _, it: metadata.ListEntriesRequest(folder_id=it.account_id),
    ),
    "CreateFolder": _person(
        lambda _, it: metadata.CreateFolderRequest(command_id="c", parent_id=it.folder_id, name="mine now"),
        lambda _, it: metadata.CreateFolderRequest(command_id="c", parent_id=it.account_id, name="mine now"),
    ),
    "UpdateNode": _person(
        lambda _, it: metadata.UpdateNodeRequest(command_id="c", node_id=it.node_id, name="mine now"),
        lambda me, it: metadata.UpdateNodeRequest(command_id="c", node_id=it.node_id, parent_id=me.folder_id),
        lambda me, it: metadata.UpdateNodeRequest(command_id="c", node_id=me.node_id, parent_id=it.folder_id),
    ),
    "TrashNode": _person(lambda _, it: metadata.TrashNodeRequest(command_id="c", node_id=it.node_id)),
    "RestoreNode": _person(
        lambda _, it: metadata.RestoreNodeRequest(command_id="c", node_id=it.trashed_id),
        lambda me, it: metadata.RestoreNodeRequest(
            command_id="c", node_id=it.trashed_id, parent_id=me.folder_id
        ),
        lambda me, it: metadata.RestoreNodeRequest(
            command_id="c", node_id=me.trashed_id, parent_id=it.folder_id
        ),
    ),
}


def _commit(
    *, drive_id: str, actor: str, folder_id: str, blob_id: str, known: str = ""
) -> metadata.CommitRequest:
    return metadata.CommitRequest(
        blob_id=blob_id,
        drive_id=drive_id,
        actor=f"account:{actor}",
        folder_id=folder_id,
        name="mine now",
        size_bytes=1,
        content_type="text/plain",
        content_hash="c0" * 32,
        layout="p23",
        part_sha256=[b"\x01" * 32],
        known_blob_id=known,
    )


def _together(*steps: batch.Command) -> Message:
    return batch.RunTogetherRequest(command_id="t", steps=steps)


_BATCHES = {
    "RunTogether": _person(
        lambda _, it: _together(
            batch.Command(update_node=metadata.UpdateNodeRequest(node_id=it.node_id, name="a"))
        ),
        lambda me, it: _together(
            batch.Command(update_node=metadata.UpdateNodeRequest(node_id=me.node_id, name="a")),
            batch.Command(trash_node=metadata.TrashNodeRequest(node_id=it.node_id)),
        ),
        lambda me, it: _together(
            batch.Command(update_node=metadata.UpdateNodeRequest(node_id=me.node_id, parent_id=it.folder_id))
        ),
        lambda _, it: _together(
            batch.Command(restore_node=metadata.RestoreNodeRequest(node_id=it.trashed_id))
        ),
        inside=True,
    ),
    "Run": _person(
        lambda me, it: batch.RunRequest(
            commands=[
                batch.Command(
                    create_folder=metadata.CreateFolderRequest(
                        command_id="b1", parent_id=it.folder_id, name="mine now"
                    )
                ),
                batch.Command(
                    update_node=metadata.UpdateNodeRequest(command_id="b2", node_id=it.node_id, name="a")
                ),
                batch.Command(
                    update_node=metadata.UpdateNodeRequest(
                        command_id="b3", node_id=me.node_id, parent_id=it.folder_id
                    )
                ),
                batch.Command(trash_node=metadata.TrashNodeRequest(command_id="b4", node_id=it.node_id)),
                batch.Command(
                    restore_node=metadata.RestoreNodeRequest(command_id="b5", node_id=it.trashed_id)
                ),
            ]
        ),
        inside=True,
    ),
}
_VERSIONS = {
    "ListVersions": _person(
        lambda _, it: versions.ListVersionsRequest(node_id=it.node_id),
        lambda _, it: versions.ListVersionsRequest(node_id=it.folder_id),
        lambda _, it: versions.ListVersionsRequest(node_id=it.account_id),
    ),
    "RestoreVersion": _person(
        lambda _, it: versions.RestoreVersionRequest(command_id="c", node_id=it.node_id, number=1)
    ),
    "DeleteVersion": _person(
        lambda _, it: versions.DeleteVersionRequest(command_id="c", node_id=it.node_id, number=1)
    ),
    "KeepVersion": _person(
        lambda _, it: versions.KeepVersionRequest(command_id="c", node_id=it.node_id, number=1, keep=True)
    ),
}
_SEARCH = {
    "SearchNames": _person(
        lambda _, it: search.SearchNamesRequest(folder_id=it.folder_id),
        lambda _, it: search.SearchNamesRequest(text="papers", folder_id=it.account_id),
        own=search.SearchNamesRequest(),
    ),
    "ListRecent": _person(own=search.ListRecentRequest()),
}
_JOBS = {
    "CopyNode": _person(
        lambda _, it: jobs.CopyNodeRequest(command_id="c", node_id=it.node_id, parent_id="root"),
        lambda _, it: jobs.CopyNodeRequest(command_id="c", node_id=it.folder_id, parent_id="root"),
    ),
    "DeleteForEver": _person(lambda _, it: jobs.DeleteForEverRequest(command_id="c", node_id=it.node_id)),
    "EmptyTrash": _person(own=jobs.EmptyTrashRequest(command_id="c")),
    "ListJobs": _person(own=jobs.ListJobsRequest()),
    "GetJob": _person(lambda _, it: jobs.GetJobRequest(job_id=it.node_id)),
    "CancelJob": _person(lambda _, it: jobs.CancelJobRequest(job_id=it.node_id)),
}
_BLOBS = {
    "CheckUpload": Case(
        UPLOAD,
        token=True,
        attempts=(
            lambda _, it: metadata.CheckUploadRequest(folder_id=it.folder_id, name="a", size_bytes=1),
            lambda _, it: metadata.CheckUploadRequest(folder_id=it.account_id, name="a", size_bytes=1),
        ),
    ),
    "CheckDownload": Case(
        UPLOAD,
        token=True,
        attempts=(
            lambda _, it: metadata.CheckDownloadRequest(node_id=it.node_id),
            lambda _, it: metadata.CheckDownloadRequest(node_id=it.node_id, version=1),
        ),
    ),
    # What is not the caller's is answered as unknown, which test_rpc.py holds against what nobody has.
    "FindKnown": Case(UPLOAD, token=True, own=metadata.FindKnownRequest()),
    "CheckDownloads": Case(
        UPLOAD,
        token=True,
        attempts=(
            lambda _, it: metadata.CheckDownloadsRequest(
                files=[metadata.CheckDownloadRequest(node_id=it.node_id)]
            ),
        ),
        inside=True,
    ),
    "Commit": Case(
        UPLOAD,
        token=False,
        attempts=(
            lambda me, it: _commit(
                drive_id=me.account_id, actor=me.account_id, folder_id=it.folder_id, blob_id="f0" * 16
            ),
            lambda me, it: _commit(
                drive_id=it.account_id, actor=me.account_id, folder_id="root", blob_id="f1" * 16
            ),
            lambda me, it: _commit(
                drive_id=me.account_id,
                actor=me.account_id,
                folder_id="root",
                blob_id="f4" * 16,
                known=it.blob_id,
            ),
        ),
    ),
    "CommitMany": Case(
        UPLOAD,
        token=False,
        attempts=(
            lambda me, it: metadata.CommitManyRequest(
                commits=[
                    _commit(
                        drive_id=me.account_id, actor=me.account_id, folder_id=it.folder_id, blob_id="f2" * 16
                    ),
                    _commit(drive_id=it.account_id, actor=me.account_id, folder_id="root", blob_id="f3" * 16),
                ]
            ),
        ),
        inside=True,
    ),
    "Abandon": Case(UPLOAD, token=False),
    "ListUnreferenced": Case(UPLOAD, token=False),
    "Condemn": Case(UPLOAD, token=False),
    "ConfirmDeleted": Case(UPLOAD, token=False),
}
_BLOB_CENSUS = {
    "LookUpBlobs": Case(UPLOAD, token=False),
    "ListLiveBlobs": Case(UPLOAD, token=False),
}
_SEGMENT = upload.Segment(start=0, size_bytes=1, sha256=bytes(32))
_UPLOADS = {
    "ListUploads": _person(own=upload.ListUploadsRequest()),
    "StartUpload": _person(
        lambda _, it: upload.StartUploadRequest(
            command_id="c", folder_id=it.folder_id, name="a", size_bytes=1, parts=_claims()
        ),
    ),
    "UseKnown": _person(lambda _, it: upload.UseKnownRequest(upload_id=it.upload_id, content_hash="c0" * 32)),
    "SignParts": _person(lambda _, it: upload.SignPartsRequest(upload_id=it.upload_id, parts=_claims())),
    "ReportParts": _person(lambda _, it: upload.ReportPartsRequest(upload_id=it.upload_id, parts=_PART)),
    "GetTail": _person(lambda _, it: upload.GetTailRequest(upload_id=it.upload_id)),
    "SignSegment": _person(
        lambda _, it: upload.SignSegmentRequest(upload_id=it.upload_id, segment=_SEGMENT),
    ),
    "AppendTail": _person(
        lambda _, it: upload.AppendTailRequest(upload_id=it.upload_id, segment=_SEGMENT),
    ),
    "CompleteUpload": _person(
        lambda _, it: upload.CompleteUploadRequest(upload_id=it.upload_id),
        lambda me, it: upload.CompleteUploadRequest(upload_id=it.upload_id, folder_id=me.folder_id),
    ),
    "AbortUpload": _person(lambda _, it: upload.AbortUploadRequest(upload_id=it.upload_id)),
    "GetUpload": _person(lambda _, it: upload.GetUploadRequest(upload_id=it.upload_id, with_parts=True)),
    "StartBundle": _person(
        lambda _, it: upload.StartBundleRequest(command_id=it.folder_id, files=[_small(it.folder_id)]),
        lambda _, it: upload.StartBundleRequest(command_id=it.account_id, files=[_small(it.account_id)]),
        inside=True,
    ),
    "CompleteBundle": _person(lambda _, it: upload.CompleteBundleRequest(bundle_id=it.bundle_id)),
    "AbortBundle": _person(lambda _, it: upload.AbortBundleRequest(bundle_id=it.bundle_id)),
    "SignDownload": _person(
        lambda _, it: upload.SignDownloadRequest(node_id=it.node_id),
        lambda _, it: upload.SignDownloadRequest(node_id=it.node_id, version=1),
    ),
    "SignDownloads": _person(
        lambda _, it: upload.SignDownloadsRequest(
            files=[upload.SignDownloadsRequest.File(node_id=it.node_id)]
        ),
        inside=True,
    ),
}
CASES: dict[str, Case] = {
    **{f"/stowage.user.v1.{name}": case for name, case in _USER.items()},
    **{f"/stowage.metadata.v1.NodeService/{name}": case for name, case in _NODES.items()},
    **{f"/stowage.metadata.v1.BatchService/{name}": case for name, case in _BATCHES.items()},
    "/stowage.metadata.v1.ChangeService/ListChanges": _person(own=changes.ListChangesRequest()),
    **{f"/stowage.metadata.v1.JobService/{name}": case for name, case in _JOBS.items()},
    **{f"/stowage.metadata.v1.VersionService/{name}": case for name, case in _VERSIONS.items()},
    **{f"/stowage.metadata.v1.SearchService/{name}": case for name, case in _SEARCH.items()},
    **{f"/stowage.metadata.v1.BlobService/{name}": case for name, case in _BLOBS.items()},
    **{f"/stowage.metadata.v1.BlobCensusService/{name}": case for name, case in _BLOB_CENSUS.items()},
    **{f"/stowage.upload.v1.UploadService/{name}": case for name, case in _UPLOADS.items()},
}
SERVICES = {
    "user": "user-service",
    "metadata": "file-metadata-service",
    "upload": "file-upload-service",
}


def service_of(method: str) -> str:
    """The name in the certificate of whoever serves it."""
    return SERVICES[method.split(".")[1]]
