from tests.integration.file_metadata_service.real_world import service, world

__all__ = ["service", "world"]
