"""A game client for Python: a room of Streamario, and its triggers one after the other.

`GameClient` is all that most games need; `open_game_socket` gives a single socket, and `Delivery`
and `Backoff` are what the client is made of. The messages are `shared.wire.game_messages`.
"""

from clients.python.backoff import Backoff
from clients.python.delivery import Delivery, GameCursor, Verdict
from clients.python.game_client import GameClient
from clients.python.game_errors import (
    GameRefused,
    GameSocketError,
    GatewayAway,
    RoomGone,
    SecretRefused,
    TakenOver,
)
from clients.python.game_notes import GameNote, NoGateway, NumbersMissing, SocketLost
from clients.python.game_socket import (
    GameSocket,
    GatewayAddress,
    SavedRoom,
    open_game_socket,
)

__all__ = [
    "Backoff",
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
