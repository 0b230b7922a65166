"""Who may call which rpc: people's requests come through the gateway, each with its token."""

from chassis.rpc.policy import Policy, Rpc

_PERSON = Rpc(callers=frozenset({"api-gateway"}), token=True)
_UPLOADS = "/stowage.upload.v1.UploadService/"

POLICY: Policy = {
    f"{_UPLOADS}StartUpload": _PERSON,
    f"{_UPLOADS}UseKnown": _PERSON,
    f"{_UPLOADS}SignParts": _PERSON,
    f"{_UPLOADS}ReportParts": _PERSON,
    f"{_UPLOADS}GetTail": _PERSON,
    f"{_UPLOADS}SignSegment": _PERSON,
    f"{_UPLOADS}AppendTail": _PERSON,
    f"{_UPLOADS}CompleteUpload": _PERSON,
    f"{_UPLOADS}AbortUpload": _PERSON,
    f"{_UPLOADS}GetUpload": _PERSON,
    f"{_UPLOADS}ListUploads": _PERSON,
    f"{_UPLOADS}StartBundle": _PERSON,
    f"{_UPLOADS}CompleteBundle": _PERSON,
    f"{_UPLOADS}AbortBundle": _PERSON,
    f"{_UPLOADS}SignDownload": _PERSON,
    f"{_UPLOADS}SignDownloads": _PERSON,
}
