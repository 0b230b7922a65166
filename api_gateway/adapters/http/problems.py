"""Every code that an answer can carry, and what each operation says it may refuse with."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chassis.errors import Kind


class Meaning(NamedTuple):
    """The kind decides the status; the words are what a reader of the API's document sees."""

    kind: Kind
    words: str


def _all(kind: Kind, **words: str) -> dict[str, Meaning]:
    return {code: Meaning(kind, text) for code, text in words.items()}


CODES: Mapping[str, Meaning] = {
    **_all(
        Kind.INVALID,
        invalid_argument="A field, parameter or header is missing, misspelt or out of bounds.",
        body_malformed="The body is not JSON, or is nested too deep.",
        form_malformed="The form does not begin with its plan, or holds what the plan does not name.",
        email_invalid="The text is not an e-mail address that Stowage takes.",
        password_unacceptable="The password breaks the rules for new ones.",  # noqa: S106  # words, no password
        name_invalid="No node may be called that.",
        cursor_invalid="This listing never gave that cursor.",
        path_invalid="The path cannot be the names of nodes.",
        time_invalid="There is no such time.",
        steps_overlap="Two steps change the same node.",
        segment_invalid="No piece of a stream's tail can be like that.",
        part_number_invalid="The upload has no part of this number, or it is named twice.",
        part_length_wrong="The body is not as long as the part of this number.",
        part_refused="The bytes are not the ones that were announced.",
        # These have a status of their own in HTTP.
        request_malformed="The request cannot be read.",
        method_not_allowed="The path exists, the method on it does not.",
        request_timeout="The request took too long to arrive.",
        length_required="The Content-Length must be known before its first byte.",
        unsupported_media_type="The body must say that it is application/json, or multipart/form-data for files.",
        range_not_satisfiable="The ranges begin behind the file's end, or there are more than 16.",
        headers_too_large="More headers, or a longer address, than any request needs.",
    ),
    **_all(
        Kind.UNAUTHENTICATED,
        unauthenticated="There is no access token, or one that proves nothing (any more).",
        session_ended="The session was ended. Sign in again.",
        credentials_wrong="E-mail and password do not belong together.",
        refresh_token_invalid="The refresh token is unknown, was used before, or its session is over.",  # noqa: S106  # words
    ),
    **_all(
        Kind.FORBIDDEN,
        csrf_failed="Cookies came without the right Stowage-Csrf header, or from a page of another site.",
    ),
    **_all(
        Kind.NOT_FOUND,
        route_not_found="Nothing has this address.",
        account_not_found="There is no such account (any more).",
        session_not_found="You have no such session.",
        node_not_found="There is no such node, or it is not for you to see.",
        version_not_found="The file has no version of that number, or has it no more.",
        upload_not_found="There is no such upload, or it is not yours.",
        bundle_not_found="There is no such bundle, or it is not yours.",
        job_not_found="There is no such job, or it is not yours.",
    ),
    **_all(
        Kind.CONFLICT,
        email_taken="Another account has the address.",
        cursor_reset="What happened since is not known any more: list the drive anew, and follow from there.",
        command_id_reused="The same Idempotency-Key came with another request before.",
        name_taken="The folder holds that name already, perhaps in another case or Unicode form.",
        not_a_folder="A file stands where a folder must.",
        not_a_file="Only files have content.",
        is_a_folder="A folder has the name of the file that was to be replaced.",
        too_deep="Folders are made, moved and restored at most 128 deep.",
        version_is_current="The current version is neither deleted nor restored.",
        would_make_cycle="A folder cannot lie below itself.",
        root_is_fixed="The root is neither renamed, moved nor deleted.",
        upload_not_open="The upload takes no more parts.",
        part_claimed="The part was announced with another hash.",
        part_not_signed="No URL was ever asked for that part.",
        parts_missing="Not every part has arrived.",
        offset_wrong="The stream does not end there: `offset` says where it does.",
        length_unknown="Nobody has said yet how long the file is.",
        length_decided="Another length was said before, or parts were announced that it does not have.",
        already_aborted="The upload was ended. Start another one.",
        already_committed="The upload has become a file. Delete that instead.",
        blob_abandoned="The upload was given up for good. Start another one.",
    ),
    **_all(Kind.STALE, revision_stale="The node has changed since you saw it."),
    **_all(
        Kind.TOO_LARGE,
        body_too_large="The body has more bytes than any request needs.",
        file_too_large="Larger than the largest file: 4.88 TiB.",
        zip_too_large="More than one zip can hold. Fetch the folders in it one by one.",
        too_large_for_form="A file of more than 8 MiB goes by an upload of its own.",
        part_hash_needed="A part of more than 8 MiB needs its SHA-256 in Stowage-Part-Sha256.",
    ),
    **_all(Kind.QUOTA, quota_exceeded="The drive has no room for that many bytes more."),
    **_all(
        Kind.THROTTLED,
        too_many_attempts="Too many attempts. Wait as long as Retry-After says.",
        too_many_uploads="You have as many open uploads as you may. Complete or abort some.",
        too_many_listeners="You wait for changes in as many places as you may. End some.",
        too_many_relays="As many of your transfers pass through this server as may. End some, or use storage's URLs.",
        drive_busy="More changes wait for this drive than may. Try again.",
        relay_busy="Too many bytes wait here for their hash. Send parts with theirs, or try again.",
    ),
    **_all(Kind.UNAVAILABLE, unavailable="Something did not answer in time. Repeating the request is safe."),
    **_all(Kind.INTERNAL, internal="Something went wrong on our side."),
}

# What several operations share.
PLACING = ("node_not_found", "not_a_folder", "name_taken", "name_invalid", "too_deep")
CHANGING = ("command_id_reused", "drive_busy")
COMMITTING = (*PLACING, "is_a_folder", "revision_stale", "quota_exceeded")

CODES_KEY, HEADERS_KEY = "x-codes", "x-headers"


def declares(*codes: str, headers: tuple[str, ...] = (), **extra: Any) -> dict[str, Any]:
    """`openapi_extra` of an operation: what it may refuse with, beside what every operation may, and the headers
    of its success. openapi.py turns it into the document."""
    return {CODES_KEY: [*codes], HEADERS_KEY: [*headers], **extra}
