"""Every route of the services, and whether the front passes it."""

from __future__ import annotations

from typing import Final

PASSED: Final = frozenset(
    {
        "GET /",
        "GET /j",
        "GET /j/{code}",
        "GET /play/{room_id}",
        "GET /play/{room_id}/qr.svg",
        "GET /@{handle}",
        "GET /api/handles/{handle}",
        "GET /overlay/{room_id}",
        "GET /console",
        "GET /moderate/{room_id}",
        "GET /assets/{name:path}",
        "GET /get_viewer_id",
        "POST /api/viewers",
        "POST /api/viewers/set_name",
        "GET /api/media/{media_id}",
        "GET /api/rooms/{room_id}",
        "PATCH /api/rooms/{room_id}/settings",
        "POST /api/rooms/{room_id}/join",
        "POST /api/rooms/{room_id}/events",
        "GET /api/rooms/{room_id}/stats",
        "GET /api/rooms/{room_id}/results",
        "POST /api/rooms/{room_id}/reset",
        "POST /api/rooms/{room_id}/fire",
        "POST /api/rooms/{room_id}/round",
        "POST /api/rooms/{room_id}/preview",
        "GET /api/rooms/{room_id}/viewers",
        "GET /api/rooms/{room_id}/fired_by",
        "POST /api/rooms/{room_id}/block",
        "POST /api/rooms/{room_id}/unblock",
        "POST /api/rooms/{room_id}/hide_names",
        "POST /api/rooms/{room_id}/show_names",
        "POST /api/rooms/{room_id}/tokens",
        "GET /api/rooms/{room_id}/tokens",
        "DELETE /api/rooms/{room_id}/tokens/{token_id}",
    }
)
KEPT: Final = frozenset(
    {
        "GET /overlay/studio/{studio_id}",
        "POST /api/rooms",
        "POST /api/studios",
        "GET /api/studios/{studio_id}/newest_room",
        "GET /api/studios/{studio_id}/handle",
        "PUT /api/studios/{studio_id}/handle",
        "DELETE /api/studios/{studio_id}/handle",
        "GET /api/studio/qr.svg",
        "POST /api/studio/media",
        "GET /api/studio/setups",
        "POST /api/studio/setups",
        "GET /api/studio/setups/{setup_id}",
        "PUT /api/studio/setups/{setup_id}",
        "DELETE /api/studio/setups/{setup_id}",
        "GET /api/studio/rooms",
        "GET /api/studio/rooms/{room_id}",
        "PUT /api/studio/rooms/{room_id}",
        "DELETE /api/studio/rooms/{room_id}",
        "GET /api/studio/rooms/{room_id}/rounds/{round}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /openapi.json",
    }
)
