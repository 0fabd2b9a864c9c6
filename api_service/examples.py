"""An example of every body that a request may have, for the published schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared import rest
from shared.room_settings import RoomSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOM_ID: Final = "01M8794NTDMW2CYNKWGZQ98B2S"
VIEWER_ID: Final = "01M8799BFVAQD1DVRVQ2M1BZ4N.wfchA5oNHv0eWmuzBTyN6g"

EXAMPLES: Final[Mapping[type, Mapping[str, Any]]] = {
    rest.Batch: {
        "viewer_id": VIEWER_ID,
        "viewer_name": "Panda",
        "batch_id": "17",
        "push_events": [{"button_name": "skill1", "push_count": 3}],
    },
    rest.SinglePress: {"viewer_id": VIEWER_ID, "event_type": "skill1"},
    rest.ConfirmViewer: {"viewer_id": VIEWER_ID},
    rest.SetName: {"viewer_id": VIEWER_ID, "name": "Panda"},
    rest.OpenRoom: {"settings": {"title": "Friday night"}},
    rest.Join: {"viewer_id": VIEWER_ID},
    rest.Block: {"viewer_id": VIEWER_ID},
    RoomSettings: {"title": "Friday night", "on_disconnect": "hold"},
}
