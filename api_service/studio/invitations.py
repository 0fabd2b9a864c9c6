"""Where people join a room: the URL in its QR code, and from where it can be reached."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from api_service.studio.handles import HandleRooms
from shared.identity.origins import LOCAL_NAMES
from shared.process.settings import Settings
from shared.wire.rest_bodies import Invitation, Reach

HOSTS_CACHED: Final = 16


class Invitations:
    """Invites to rooms as the settings say now: a tunnel's URL may change while this runs."""

    def __init__(self, settings: Settings, rooms: HandleRooms) -> None:
        self._settings = settings
        self._rooms = rooms

    async def to(self, room_id: str) -> Invitation:
        """Where people join the room: at the handle that leads to it, if one does."""
        home, own_page = self._settings.home_url, self._settings.viewer_page(room_id)
        is_here = urlsplit(own_page).netloc == urlsplit(home).netloc
        handle = await self._rooms.handle_to(room_id) if is_here else None
        return Invitation(
            url=f"{home}/@{handle}" if handle else own_page,
            reach=self._reach(home if is_here else own_page),
            lasts=self._settings.tunnel is None,
            handle=handle,
        )

    def _reach(self, url: str) -> Reach:
        tunnel = self._settings.tunnel
        if tunnel and url == tunnel.url:
            return "anywhere" if tunnel.confirmed else "checking"
        return reach_of(urlsplit(url).hostname or "")


@lru_cache(HOSTS_CACHED)
def reach_of(host: str) -> Reach:
    """From where a host can be reached, as its name or address says."""
    try:
        address = ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return "machine"
        return "anywhere" if "." in host and not host.endswith(LOCAL_NAMES) else "network"
    if address.is_loopback:
        return "machine"
    return "anywhere" if address.is_global else "network"
