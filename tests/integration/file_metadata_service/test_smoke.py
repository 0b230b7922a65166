from tests.fakes.metadata_service import ANN, Service


async def test_a_tree_is_made_changed_and_listed(service: Service) -> None:
    a = (await service.mkdir("a")).result
    file = (await service.commit("f.txt", a.id)).result
    await service.update(a.id, "b")
    assert (await service.use.resolve_path(ANN, ["b", "F.TXT"])).node == file
    await service.trash(a.id)
    assert await service.names() == []
    await service.restore(a.id)
    assert (await service.get(file.id)).node == file
