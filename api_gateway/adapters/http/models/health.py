"""How the gateway is."""

from pydantic import Field

from api_gateway.adapters.http.models.bases import Answer, sample


class Alive(Answer):
    """The process can answer."""

    model_config = sample(alive=True)

    alive: bool


class Readiness(Answer):
    """Whether it takes work, and which part of it: a service that is away takes only its own capability along."""

    model_config = sample(
        ready=True,
        missing={"uploads": "no instance of file-upload-service is known"},
        capabilities={"users": True, "metadata": True, "uploads": False},
    )

    ready: bool
    missing: dict[str, str] = Field(description="What is missing, in words")
    capabilities: dict[str, bool]
