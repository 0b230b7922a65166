"""Bundles: up to a hundred small files in one plan, one proof and one commit, with an answer for each."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded, encoded_at
from api_gateway.adapters.http.errors import told
from api_gateway.adapters.http.models import bundles as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import BundleId, CommandId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.requests import NewBundle
from api_gateway.adapters.http.wiring import BundlesPort
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import Bundle, CommittedFile, SignedPart
from chassis.errors import DomainError

router = APIRouter(route_class=Operation, tags=["uploads"])


@router.post(
    "/bundles",
    status_code=201,
    response_model=models.Bundle,
    summary="Open a bundle of small files",
    openapi_extra=declares("too_many_uploads", "command_id_reused"),
)
async def start_bundle(
    bundles: BundlesPort, caller: Identified, body: NewBundle, command_id: CommandId
) -> Response:
    """Each file of at most 8 MiB gets a URL for its bytes, or its own refusal. Send them in any order, then complete.
    The same again with the same key gives fresh URLs to those whose bytes are still awaited."""
    files = [each.to_domain() for each in body.files]
    bundle = await bundles.start(caller, files, command_id=command_id, reach="public")
    return encoded(_bundle(bundle), 201)


@router.post(
    "/bundles/{bundle_id}/complete",
    response_model=models.Bundle,
    summary="Prove and commit what has arrived",
    openapi_extra=declares("bundle_not_found", headers=("Stowage-Seq",)),
)
async def complete_bundle(
    bundles: BundlesPort, caller: Identified, bundle_id: BundleId, __: CommandId
) -> Response:
    """Harmless to repeat. Files whose bytes have not arrived answer `parts_missing`, and may still be sent; every other
    refusal is final, and spoils no other file."""
    return _told(await bundles.complete(caller, bundle_id))


@router.delete(
    "/bundles/{bundle_id}",
    response_model=models.Bundle,
    summary="End a bundle",
    openapi_extra=declares("bundle_not_found", headers=("Stowage-Seq",)),
)
async def abort_bundle(
    bundles: BundlesPort, caller: Identified, bundle_id: BundleId, __: CommandId
) -> Response:
    """Frees what it holds; what was committed stays. Harmless to repeat."""
    return _told(await bundles.abort(caller, bundle_id))


def _told(at: At[Bundle]) -> Response:
    return encoded_at(At(_bundle(at.answer), at.position))


def _bundle(bundle: Bundle) -> dict[str, object]:
    return {
        "id": bundle.id,
        "urls_expire_at": bundle.urls_expire_at,
        "files": [_file(outcome) for outcome in bundle.files],
    }


def _file(outcome: SignedPart | CommittedFile | DomainError) -> dict[str, object]:
    answer: dict[str, object] = {"status": 200, "put": None, "file": None, "problem": None}
    match outcome:
        case SignedPart():
            return answer | {"status": 201, "put": outcome}
        case CommittedFile():
            return answer | {"file": outcome}
        case _:
            problem = told(outcome)
            return answer | {"status": problem["status"], "problem": problem}
