"""A Resolver whose list the test writes."""

from collections import defaultdict

from chassis.consul import Instance, OnInstances


class InMemoryResolver:
    """Delivers at once, in the caller's own turn of the loop."""

    def __init__(self) -> None:
        self._instances: dict[str, tuple[Instance, ...]] = {}
        self._watchers: dict[str, list[OnInstances]] = defaultdict(list)

    def watch(self, service: str, on_instances: OnInstances) -> None:
        self._watchers[service].append(on_instances)
        if service in self._instances:
            on_instances(self._instances[service])

    def set(self, service: str, *instances: Instance) -> None:
        self._instances[service] = tuple(sorted(instances))
        for on_instances in self._watchers[service]:
            on_instances(self._instances[service])
