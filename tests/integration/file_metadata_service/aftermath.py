"""After a run: the tree is the model's, by listings and by ids, and fsck finds nothing."""

from file_metadata_service.app.integrity.fsck import Fsck, FsckPorts, Place
from file_metadata_service.app.integrity.inspector import Report
from file_metadata_service.domain.ids import Actor, own_drive
from tests.fakes.metadata_model import ROOT, TreeModel
from tests.fakes.metadata_packing import ListedFile
from tests.fakes.metadata_service import Service


async def listed(service: Service, by: Actor, folder: str = ROOT) -> dict[str, tuple[str, str, int | None]]:
    """By id: the parent, the name, and the size of a file."""
    found = dict[str, tuple[str, str, int | None]]()
    for node in (await service.page(folder, limit=1000, by=by)).items:
        if isinstance(node, ListedFile):
            found[node.id] = (folder, node.name, node.size)
        else:
            found[node.id] = (folder, node.name, None)
            found |= await listed(service, by, node.id)
    return found


def expected(model: TreeModel) -> dict[str, tuple[str, str, int | None]]:
    return {
        node_id: (node.parent, node.name, None if node.is_folder else node.sizes[-1])
        for node_id, node in model.nodes.items()
        if model.lives(node_id)
    }


async def findings(ports: FsckPorts, by: Actor) -> list[Report]:
    steps = Fsck(ports, repairs=False).drive(Place(own_drive(by.account_id)))
    return [report async for step in steps for report in step.reports]


async def check_aftermath(service: Service, ports: FsckPorts, model: TreeModel, by: Actor) -> None:
    assert await listed(service, by) == expected(model)
    drive = await service.use.get_drive(by)
    assert drive.bytes_used == model.bytes_used
    assert drive.file_count == sum(not node.is_folder for node in model.nodes.values())
    assert drive.versions_bytes == sum(sum(node.sizes[:-1]) for node in model.nodes.values())
    found = await findings(ports, by)
    assert not found, found
