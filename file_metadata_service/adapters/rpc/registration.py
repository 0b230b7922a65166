"""What the server serves."""

from collections.abc import Callable

import grpc

from file_metadata_service.adapters.rpc.batch_service import BatchRpc
from file_metadata_service.adapters.rpc.blob_census_service import BlobCensusRpc
from file_metadata_service.adapters.rpc.blob_service import BlobRpc
from file_metadata_service.adapters.rpc.change_service import ChangeRpc
from file_metadata_service.adapters.rpc.job_service import JobRpc
from file_metadata_service.adapters.rpc.node_service import NodeRpc
from file_metadata_service.adapters.rpc.search_service import SearchRpc
from file_metadata_service.adapters.rpc.version_service import VersionRpc
from file_metadata_service.app.search_names import SearchNames
from file_metadata_service.app.use_cases import UseCases
from stowage.metadata.v1.batch_pb2_grpc import add_BatchServiceServicer_to_server
from stowage.metadata.v1.blob_census_pb2_grpc import add_BlobCensusServiceServicer_to_server
from stowage.metadata.v1.changes_pb2_grpc import add_ChangeServiceServicer_to_server
from stowage.metadata.v1.jobs_pb2_grpc import add_JobServiceServicer_to_server
from stowage.metadata.v1.metadata_pb2_grpc import (
    add_BlobServiceServicer_to_server,
    add_NodeServiceServicer_to_server,
)
from stowage.metadata.v1.search_pb2_grpc import add_SearchServiceServicer_to_server
from stowage.metadata.v1.versions_pb2_grpc import add_VersionServiceServicer_to_server


def registering(use_cases: UseCases, search: SearchNames) -> Callable[[grpc.aio.Server], None]:
    def register(server: grpc.aio.Server) -> None:
        add_NodeServiceServicer_to_server(NodeRpc(use_cases), server)
        add_BatchServiceServicer_to_server(BatchRpc(use_cases), server)
        add_VersionServiceServicer_to_server(VersionRpc(use_cases), server)
        add_JobServiceServicer_to_server(JobRpc(use_cases), server)
        add_BlobServiceServicer_to_server(BlobRpc(use_cases), server)
        add_BlobCensusServiceServicer_to_server(BlobCensusRpc(use_cases.take_blob_census), server)
        add_ChangeServiceServicer_to_server(ChangeRpc(use_cases), server)
        add_SearchServiceServicer_to_server(SearchRpc(search), server)

    return register
