"""How a room looks: a part of its settings."""

from typing import Annotated, Literal

import msgspec

from shared.wire import setting_rules

Font = Literal["sans", "serif", "mono", "hand", "pop", "pixel", ""]


class TeamNames(msgspec.Struct, frozen=True, kw_only=True):
    """What the teams are called; "" = as each page calls them."""

    skill: Annotated[str, setting_rules.text(20)] = ""
    enemy: Annotated[str, setting_rules.text(20)] = ""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """A room's pictures, colours and type; "" = the page's own.

    `logo` and `background` are media ids (`GET /api/media/{media_id}`). Pages correct `accent`, and
    choose letters for `backdrop`, so that all text stays legible. `font` names a kind of typeface:
    "hand", "pop" and "pixel" come with the pages, of the others devices have one.
    """

    logo: Annotated[str, setting_rules.MEDIA] = ""
    background: Annotated[str, setting_rules.MEDIA] = ""
    accent: Annotated[str, setting_rules.COLOR] = ""
    backdrop: Annotated[str, setting_rules.COLOR] = ""
    font: Annotated[Font, setting_rules.FONT] = ""
    team_names: TeamNames = TeamNames()
