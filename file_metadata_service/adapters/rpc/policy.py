"""Who may call which rpc, and which need a person's token."""

from chassis.rpc.policy import Policy, Rpc

GATEWAY = frozenset({"api-gateway"})
UPLOAD = frozenset({"file-upload-service"})

_PERSON = Rpc(callers=GATEWAY, token=True)
_NODES = "/stowage.metadata.v1.NodeService/"
_BATCHES = "/stowage.metadata.v1.BatchService/"
_CHANGES = "/stowage.metadata.v1.ChangeService/"
_JOBS = "/stowage.metadata.v1.JobService/"
_VERSIONS = "/stowage.metadata.v1.VersionService/"
_SEARCH = "/stowage.metadata.v1.SearchService/"
_BLOBS = "/stowage.metadata.v1.BlobService/"
_BLOB_CENSUS = "/stowage.metadata.v1.BlobCensusService/"

POLICY: Policy = {
    f"{_NODES}GetDrive": _PERSON,
    f"{_NODES}GetNode": _PERSON,
    f"{_NODES}ResolvePath": _PERSON,
    f"{_NODES}ListEntries": _PERSON,
    f"{_NODES}CreateFolder": _PERSON,
    f"{_NODES}UpdateNode": _PERSON,
    f"{_NODES}TrashNode": _PERSON,
    f"{_NODES}RestoreNode": _PERSON,
    f"{_NODES}ListTrash": _PERSON,
    f"{_BATCHES}Run": _PERSON,
    f"{_BATCHES}RunTogether": _PERSON,
    f"{_CHANGES}ListChanges": _PERSON,
    f"{_JOBS}CopyNode": _PERSON,
    f"{_JOBS}DeleteForEver": _PERSON,
    f"{_JOBS}EmptyTrash": _PERSON,
    f"{_JOBS}ListJobs": _PERSON,
    f"{_JOBS}GetJob": _PERSON,
    f"{_JOBS}CancelJob": _PERSON,
    f"{_VERSIONS}ListVersions": _PERSON,
    f"{_VERSIONS}RestoreVersion": _PERSON,
    f"{_VERSIONS}DeleteVersion": _PERSON,
    f"{_VERSIONS}KeepVersion": _PERSON,
    f"{_SEARCH}SearchNames": _PERSON,
    f"{_SEARCH}ListRecent": _PERSON,
    f"{_BLOBS}CheckUpload": Rpc(callers=UPLOAD, token=True),
    f"{_BLOBS}FindKnown": Rpc(callers=UPLOAD, token=True),
    f"{_BLOBS}Commit": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}CommitMany": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}Abandon": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}ListUnreferenced": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}Condemn": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}ConfirmDeleted": Rpc(callers=UPLOAD, token=False),
    f"{_BLOBS}CheckDownload": Rpc(callers=UPLOAD, token=True),
    f"{_BLOBS}CheckDownloads": Rpc(callers=UPLOAD, token=True),
    f"{_BLOB_CENSUS}LookUpBlobs": Rpc(callers=UPLOAD, token=False),
    f"{_BLOB_CENSUS}ListLiveBlobs": Rpc(callers=UPLOAD, token=False),
}
