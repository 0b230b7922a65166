"""docker-compose.yml as strangers use it, under a name of its own and on free ports."""

import json
import os
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from docker import DockerClient
from docker.models.containers import Container
from testcontainers.compose import DockerCompose

from local_stack.ports import free_port

ROOT = Path(__file__).parents[3]


class Project:
    """One compose project of this run. `settings`: for its `.env`. `files`: beside docker-compose.yml."""

    def __init__(self, folder: Path, settings: Mapping[str, str], *, files: tuple[str, ...] = ()) -> None:
        self.name = f"stowage-test-{uuid.uuid4().hex[:8]}"
        front, storage = free_port(), free_port()
        self.url = f"http://localhost:{front}"
        own = {"COMPOSE_PROJECT_NAME": self.name, "STOWAGE_PORT": front, "STOWAGE_S3_PORT": storage}
        env = folder / "env"
        env.write_text("".join(f"{variable}={value}\n" for variable, value in {**own, **settings}.items()))
        self._compose = DockerCompose(
            ROOT, compose_file_name=["docker-compose.yml", *files], env_file=str(env), build=True
        )
        self._docker = DockerClient.from_env()

    def up(self, *arguments: str) -> None:
        """Returns when every container is healthy."""
        self.run("up", "--wait", *arguments)

    def erase(self) -> None:
        """Everything; Docker's build cache stays, so that the next run starts warm."""
        self.run("down", "--volumes", "--rmi", "local", "--timeout", "1")

    def run(self, *arguments: str) -> str:
        """Any other command of compose. Fails, and shows what it said."""
        command = [*self._compose.docker_compose_command(), *arguments]
        # Whoever runs the tests may have settings of their own, which would win over ours.
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("STOWAGE_", "COMPOSE_"))
        }
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def containers(self, service: str | None = None) -> dict[str, Container]:
        """Those that run, by their names."""
        labels = [f"com.docker.compose.project={self.name}"]
        labels += [f"com.docker.compose.service={service}"] if service else []
        return {it.name or "": it for it in self._docker.containers.list(filters={"label": labels})}

    def inside(self, service: str, *command: str) -> tuple[int, str]:
        """Run a command in the first container of a service: its exit code, and what it said."""
        (container, *_) = self.containers(service).values()
        done = container.exec_run(list(command))
        return done.exit_code, done.output.decode()

    def address(self, service: str) -> str:
        """Of a service's first container, where the services and their engines meet."""
        (container, *_) = self.containers(service).values()
        return str(container.attrs["NetworkSettings"]["Networks"][f"{self.name}_data"]["IPAddress"])

    def registered(self, service: str) -> set[str]:
        """The addresses at which Consul itself reaches a service's instances."""
        asked = f"http://127.0.0.1:8500/v1/health/service/{service.replace('_', '-')}?passing"
        said = json.loads(self.inside("consul", "wget", "-q", "-O", "-", asked)[1])
        return {it["Service"]["Address"] for it in said}

    def close(self) -> None:
        self._docker.close()


def absence_of_docker() -> str | None:
    """Why the tests cannot run here, None if they can."""
    try:
        asked = subprocess.run(
            ["docker", "version", "--format", "{{json .Server.Version}}"],
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no Docker here: {error}"
    if asked.returncode:
        return f"no Docker daemon answers: {asked.stderr.strip()}"
    if int(str(json.loads(asked.stdout)).split(".")[0]) < 25:
        return "Docker is older than 25"
    return None
