"""A program: `docker` for deploy/compose/roll, with containers in the file that ENGINE names."""

import os
import re
import sys
from pathlib import Path

import msgspec

FORMATS = {
    "{{slice .Name 1}}": "{name}",
    '{{index .Config.Labels "com.docker.compose.config-hash"}} {{.Image}}': "{hash} {image}",
    "{{.State.Status}} {{.State.ExitCode}}": "exited {exit_code}",
    "{{.State.Health.Status}}": "{health}",
    "{{.State.Status}}, {{.RestartCount}} restarts, {{.State.Health.Status}}": (
        "running, 0 restarts, {health}"
    ),
    "{{.State.StartedAt}}": "2999-01-01T00:00:00Z",
}


class Container(msgspec.Struct):
    """A container of one service."""

    name: str
    service: str
    hash: str
    image: str
    health: str = "healthy"
    exit_code: int = 0

    def shown(self, form: str) -> str:
        return FORMATS[form].format(**msgspec.structs.asdict(self))


class Engine(msgspec.Struct):
    """The containers, and what the next ones are like. `done` lists what changed something."""

    config: str
    subnet: str = "10.83.61.0/24"
    hash: str = "old"
    image: str = "old"
    health: str = "healthy"
    migrated: int = 0
    started: int = 0
    containers: list[Container] = []
    done: list[str] = []

    def of(self, service: str) -> list[Container]:
        return [one for one in self.containers if one.service == service]

    def create(self, service: str) -> None:
        self.started += 1
        name = f"{service}-{self.started}"
        made = Container(name, service, self.hash, self.image, self.health, self.migrated)
        self.containers.append(made)
        self.done.append(f"start {name}")

    def remove(self, names: list[str]) -> None:
        self.containers = [one for one in self.containers if one.name not in names]

    def scale(self, service: str, wanted: int) -> None:
        while len(self.of(service)) < wanted:
            self.create(service)

    def answer(self, arguments: list[str]) -> str:
        """Do what a command says, and return what it prints; raises LookupError if it fails."""
        if arguments[0] == "compose":
            return self.compose(arguments[1:])
        match arguments:
            case ["ps", *filters]:
                (service,) = re.findall(r"compose\.service=(\w+)", " ".join(filters))
                return "\n".join(one.name for one in self.of(service))
            case ["inspect", "--format", form, name]:
                return next(one for one in self.containers if one.name == name).shown(form)
            case ["stop", name]:
                self.done.append(f"stop {name}")
                return ""
            case ["rm", *names]:
                self.remove(names)
                return ""
        fixed = {
            "image": self.image,
            "network": self.subnet,
            "logs": f"last lines of {arguments[-1]}",
            "exec": "",
        }
        return fixed[arguments[0]]

    def compose(self, arguments: list[str]) -> str:
        match arguments:
            case ["config", "--hash", service]:
                return f"{service} {self.hash}"
            case ["config", "--services"]:
                return "api\ngateway\nmigrate"
            case ["config"]:
                return self.config
            case ["build"]:
                self.image = "new"
                self.done.append("build")
                return ""
            case ["--progress", "quiet", "up", *options]:
                return self.up(options)
        raise LookupError(arguments)

    def up(self, options: list[str]) -> str:
        *flags, service = options
        counts = [flag.partition("=")[2] for flag in flags if "=" in flag]
        self.scale(service, int(counts[0]) if counts else 1)
        return ""


def main() -> None:
    file = Path(os.environ["ENGINE"])
    engine = msgspec.json.decode(file.read_bytes(), type=Engine)
    print(engine.answer(sys.argv[1:]))
    file.write_bytes(msgspec.json.encode(engine))


if __name__ == "__main__":
    main()
