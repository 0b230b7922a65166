"""Uploads as they come into being, for tests that need one without its use cases."""

import hashlib
import secrets
from datetime import datetime

from file_upload_service.domain.bundle import Bundle, BundledFile
from file_upload_service.domain.ids import AccountId, DriveId, NodeId, UploadId
from file_upload_service.domain.layout import plan_for
from file_upload_service.domain.part import PartClaim
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.upload import Upload

POLICY = Policy()


def new_id() -> str:
    return secrets.token_hex(16)


def an_upload(now: datetime, size_bytes: int = 5, *, account_id: str | None = None) -> Upload:
    account_id = account_id or new_id()
    return Upload(
        id=UploadId(new_id()),
        account_id=AccountId(account_id),
        drive_id=DriveId(account_id),
        target=Target(NodeId(account_id), "Übergröße €.txt", ConflictRule.REPLACE, if_revision=3),
        content_type="text/plain",
        plan=plan_for(size_bytes),
        request_hash="hash",
        created_at=now,
        expires_at=now + POLICY.open_life,
        signed_until=now + POLICY.upload_url_life,
        due_at=now + POLICY.open_life,
    )


def a_bundle(now: datetime, *bodies: bytes, account_id: str | None = None) -> Bundle:
    account_id = account_id or new_id()
    return Bundle(
        id=UploadId(new_id()),
        account_id=AccountId(account_id),
        drive_id=DriveId(account_id),
        files=tuple(
            BundledFile(
                target=Target(
                    NodeId(account_id), f"Übergröße {number}.txt", ConflictRule.RENAME, if_revision=3
                ),
                size_bytes=len(body),
                content_type="text/plain",
                sha256=hashlib.sha256(body).digest(),
            )
            for number, body in enumerate(bodies, 1)
        ),
        request_hash="hash",
        created_at=now,
        expires_at=now + POLICY.open_life,
        signed_until=now + POLICY.upload_url_life,
        due_at=now + POLICY.open_life,
    )


def a_claim(number: int, body: bytes) -> PartClaim:
    return PartClaim(number, hashlib.sha256(body).digest())
