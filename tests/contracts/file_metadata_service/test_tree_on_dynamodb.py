"""What the unit tests say of the service on the store in memory, said again of the real one."""

from tests.unit.file_metadata_service.test_listing import *  # noqa: F403  # every sentence
from tests.unit.file_metadata_service.test_together import *  # noqa: F403  # every sentence
from tests.unit.file_metadata_service.test_trash import *  # noqa: F403  # every sentence
from tests.unit.file_metadata_service.test_tree_changes import *  # noqa: F403  # every sentence
from tests.unit.file_metadata_service.test_versions import *  # noqa: F403  # every sentence
