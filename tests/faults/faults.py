"""The faults, each with the signs of its beginning and its end."""

from typing import Final, NamedTuple

from tests.faults import links, processes
from tests.faults.acting import Act, Plan
from tests.faults.watch import DATABASE, DRAIN, INBOX, REDIS, REQUESTS, SOCKETS, Signs

SHORT: Final = Plan(
    rooms=2, viewers=6, pace=0.2, frozen_for=4.0, database_away_for=2.5, load_after=0.2
)
LONG: Final = Plan(
    rooms=4, viewers=12, pace=0.25, frozen_for=5.0, database_away_for=60.0, load_after=1.0
)


class Fault(NamedTuple):
    """A fault and its signs; `is_noticed` is false if it may show none."""

    name: str
    signs: Signs
    act: Act
    is_noticed: bool = True


FAULTS_OF_PROCESSES: Final = (
    Fault("gateway killed", SOCKETS, processes.kill_gateway),
    Fault("API process killed", REQUESTS, processes.kill_api),
    Fault("Redis killed and restarted", REDIS, processes.kill_redis),
    Fault("PostgreSQL killed and restarted", DATABASE, processes.kill_postgres),
    Fault("gateway frozen", SOCKETS, processes.freeze_gateway),
    Fault("API process frozen", REQUESTS, processes.freeze_api),
    Fault("Redis frozen", REDIS, processes.freeze_redis),
    Fault("PostgreSQL frozen", DATABASE, processes.freeze_postgres, is_noticed=False),
    Fault("gateways replaced one by one", DRAIN, processes.roll_gateways),
)
FAULTS_OF_LINKS: Final = (
    Fault("link from an API process to Redis cut", REQUESTS, links.cut_api_from_redis),
    Fault("link from an API process to Redis loses all", REQUESTS, links.unplug_api_from_redis),
    Fault("link from a gateway to Redis cut", INBOX, links.cut_gateway_from_redis),
    Fault("links from games to a gateway cut", SOCKETS, links.cut_games_from_gateway),
    Fault("games stop reading", SOCKETS, links.stop_reading, is_noticed=False),
    Fault("games drop, and return elsewhere", SOCKETS, links.drop_games),
    Fault("two games claim one room", SOCKETS, links.claim_twice),
)
FAULTS: Final = (*FAULTS_OF_PROCESSES, *FAULTS_OF_LINKS)
# Further faults, only for the soak.
MORE_FAULTS: Final = (
    Fault("PostgreSQL gone for a while", DATABASE, processes.take_postgres_away),
    Fault("API processes restarted one by one", REQUESTS, processes.roll_apis),
    Fault("API process frozen in a transaction", REQUESTS, processes.freeze_api_for_long),
    Fault("Redis killed again and again", REDIS, processes.kill_redis_again),
    Fault("Redis killed while PostgreSQL is gone", REDIS, processes.kill_both),
    Fault("everything killed at once", REDIS, processes.kill_everything),
    # A pool replaces an idle connection that does not answer, and nobody notices.
    Fault(
        "link from an API process to PostgreSQL cut",
        DATABASE,
        links.cut_api_from_postgres,
        is_noticed=False,
    ),
)
