"""Services with separate IP addresses, because DNS has addresses but no ports."""

from dataclasses import dataclass
from pathlib import Path

from tests.conftest import free_ports
from tests.flow.fleet import Fleet, Member


class Neighbour(Member):
    """A service process that listens on the address in HOST."""

    @property
    def host(self) -> str:
        return self.environment["HOST"]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


class Neighbours(Fleet):
    """API processes on 127.0.1.1 and on, gateways on 127.0.2.1 and on, all behind the balancer."""

    def __init__(self, folder: Path, redis_url: str, database_url: str) -> None:
        super().__init__(folder, redis_url, database_url, patient=True)
        self.folder = folder
        self.redis_url = redis_url
        self.database_url = database_url
        self.api_port, self.gateway_port = free_ports(2)
        # HAProxy connects from 127.0.0.1; a test can connect from another address.
        self._environment |= {
            "TRUSTED_PROXIES": "127.0.0.1",
            "VIEWERS_PER_ADDRESS": "1/2",
            "DRAIN_DELAY": "0.6",
            "LOG_LEVEL": "DEBUG",
        }

    async def start(self, service: str, number: int) -> Neighbour:
        """Start an API process or a gateway, and wait until it is ready."""
        net, port = (1, self.api_port) if service == "api" else (2, self.gateway_port)
        environment = {**self._environment, "HOST": f"127.0.{net}.{number}", "PORT": str(port)}
        if service == "api":
            # As long as the balancer may take to notice, also on a machine that stalls: it may
            # send a request on a connection that the process is closing.
            environment["DRAIN_DELAY"] = "3"
        log = self.folder / f"{service}-{number}.log"
        member = Neighbour(service, port, environment, log)
        self.members.append(member)
        await member.start()
        return member


@dataclass(frozen=True)
class Upstreams:
    """Two API processes and two gateways."""

    neighbours: Neighbours
    apis: list[Neighbour]
    gateways: list[Neighbour]
