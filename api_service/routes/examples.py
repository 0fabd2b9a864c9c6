"""An example of every request body, for the published schema."""

from collections.abc import Mapping
from typing import Any, Final

from api_service.studio.bodies import HandleWanted, SetupWanted
from api_service.studio.history.bodies import RoomProof
from shared.wire import moderation_bodies, rest_bodies
from shared.wire.rest_bodies import RoundCommand
from shared.wire.room_settings import RoomSettings

ROOM_ID: Final = "01M8794NTDMW2CYNKWGZQ98B2S"
MEDIA_ID: Final = "9f86d081884c7d659a2feaa0c55ad015"
SETUP_ID: Final = "01M8794NTDMW2CYNKWGZQ98B2T"
VIEWER_ID: Final = "01M8799BFVAQD1DVRVQ2M1BZ4N.wfchA5oNHv0eWmuzBTyN6g"

EXAMPLES: Final[Mapping[type, Mapping[str, Any]]] = {
    rest_bodies.Batch: {
        "viewer_id": VIEWER_ID,
        "viewer_name": "Panda",
        "batch_id": "17",
        "push_events": [{"button_name": "skill1", "push_count": 3}],
    },
    rest_bodies.SinglePress: {"viewer_id": VIEWER_ID, "event_type": "skill1"},
    rest_bodies.ConfirmViewer: {"viewer_id": VIEWER_ID},
    rest_bodies.SetName: {"viewer_id": VIEWER_ID, "name": "Panda"},
    rest_bodies.OpenRoom: {"settings": {"title": "Friday night"}},
    rest_bodies.Join: {"viewer_id": VIEWER_ID},
    rest_bodies.ButtonChoice: {"event_type": "skill1"},
    moderation_bodies.Block: {"viewer_id": VIEWER_ID},
    RoundCommand: {"command": "limit", "limit_s": 300},
    RoomProof: {"room_token": "1792000000.wfchA5oNHv0eWmuzBTyN6g"},
    HandleWanted: {"handle": "luna"},
    SetupWanted: {"name": "Dragon fight", "settings": {"title": "Friday night"}},
    moderation_bodies.NewToken: {"scope": "moderator"},
    RoomSettings: {"title": "Friday night", "on_disconnect": "hold"},
}
