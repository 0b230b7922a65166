"""DynamoDB Local: AWS's own emulator, the second opinion in tests."""

from dataclasses import dataclass
from pathlib import Path

from local_stack.parts.part import Part, verify_sha256
from local_stack.parts.platform import missing
from local_stack.parts.tools import Run

_VERSION = "3.1.0"
_JAR_SHA256 = "3d6d35f34482d0fcbdd52d7ec2c0aa18cf937aab2b5a1e4605ad6b2052bac03c"
_POM = f"""<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>stowage</groupId><artifactId>parts</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>{_VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


@dataclass(frozen=True, slots=True)
class FromMaven:
    """The jar and what it needs, native SQLite included; Maven checks the checksums of the dependencies."""

    version: str = _VERSION
    step: str = "fetching the jars with Maven"

    def obstacle(self) -> str | None:
        return missing("java", "Java 17 or newer; Debian: apt-get install default-jre-headless") or missing(
            "mvn", "Debian: apt-get install maven"
        )

    def install(self, folder: Path, run: Run) -> None:
        (folder / "pom.xml").write_text(_POM)
        run(
            ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"],
            cwd=folder,
        )
        verify_sha256(folder / "lib" / f"DynamoDBLocal-{_VERSION}.jar", _JAR_SHA256)


DYNAMODB_LOCAL = Part(name="dynamodb-local", program="lib", recipes=(FromMaven(),))
