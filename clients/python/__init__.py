"""Clients for Python. A game's opens a room of Streamario and receives its triggers in order.

Most games need only `GameClient`. `open_game_socket` opens a single socket; `Delivery` and
`Backoff` are the parts of the client. The messages are in `shared.wire.game_messages`. A viewer's
numbers its presses with `BatchNumbers`.
"""

from clients.python.batch_numbers import BatchNumber, BatchNumbers
from clients.python.delivery import Delivery, GameCursor, Verdict
from clients.python.game_client import Backoff, GameClient
from clients.python.game_errors import (
    GameNote,
    GameRefused,
    GameSocketError,
    GatewayAway,
    NoGateway,
    NumbersMissing,
    RoomGone,
    SecretRefused,
    SocketLost,
    TakenOver,
)
from clients.python.game_socket import GameSocket, GatewayAddress, SavedRoom, open_game_socket

__all__ = [
    "Backoff",
    "BatchNumber",
    "BatchNumbers",
    "Delivery",
    "GameClient",
    "GameCursor",
    "GameNote",
    "GameRefused",
    "GameSocket",
    "GameSocketError",
    "GatewayAddress",
    "GatewayAway",
    "NoGateway",
    "NumbersMissing",
    "RoomGone",
    "SavedRoom",
    "SecretRefused",
    "SocketLost",
    "TakenOver",
    "Verdict",
    "open_game_socket",
]
