"""Generates C# classes of the game's messages from `shared.wire.game_messages`.

Run it with `python -m clients.csharp`. Unity's JsonUtility reads and writes the classes: public
fields with the exact names of the wire, no dictionaries, nothing nullable. JsonUtility reads a null
string as "" and a null object as an empty one, so each nullable field has a property that
distinguishes them (`HasViewerName`).

Classes that handlers receive are in the namespace that scripts import. The others have common names
(`Ping`, `Error`) and are in a namespace below it.
"""

import re
import textwrap
import types
import typing
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from clients.python.answers import LONGEST_REASON
from shared.wire import game_messages

TARGET: Final = Path(__file__).parent / "unity" / "Runtime" / "Core" / "Messages.cs"
WIDTH: Final = 100
COMMENT: Final = "    /// "
MS: Final = 1000  # of a second

# Numbers that may need more than 32 bits: `seq`, and ms since 1970.
LONG: Final = frozenset({"epoch", "seq", "last_seq", "fired_at", "t"})
SCALARS: Final = {str: "string", bool: "bool", float: "double"}

# The messages that handlers receive, besides triggers.
HANDED: Final = (
    game_messages.RoomCreated,
    game_messages.RoomReady,
    game_messages.GameEndSummary,
    game_messages.Gap,
    game_messages.RoundUpdate,
)

HEADER: Final = """\
// Written by `python -m clients.csharp` from shared/wire/game_messages.py; changes belong there.
using System;
using System.Collections.Generic;
using Streamario.Messages;

#pragma warning disable 618 // ViewerTrigger derives from GameEvent, its old name

"""

# GameEvent, the old name of ViewerTrigger: older scripts use it for their handlers' parameters, but
# many projects have a class of that name. C# has no alias for this, so it stays as a base class,
# which a define moves into the other namespace.
TRIGGER: Final = """\
    /// <summary>A button is full: the game carries out its effect.</summary>
    [Serializable, Preserve]
    public sealed class ViewerTrigger : GameEvent
    {
    }
}

#if STREAMARIO_WITHOUT_OLD_NAMES
namespace Streamario.Messages
#else
namespace Streamario
#endif
{
"""
TYPE_FIELD: Final = "        public string type = Type;"
READ_AS: Final = {"GameEvent": "ViewerTrigger"}
OLD_NAME: Final = '    [Obsolete("Use ViewerTrigger.")]'

WIRE: Final = """\
namespace Streamario.Messages
{
    /// <summary>The version, subprotocol and limits of the game protocol.</summary>
    public static class Protocol
    {
        public const int Version = %d;
        public const string Subprotocol = "%s";
        internal const double ShortestEffect = %g; // s
        internal const double LongestEffect = %g; // s
        internal const int LongestReason = %d; // code points
    }

    /// <summary>The part of every message that names its type.</summary>
    [Serializable, Preserve]
    public sealed class MessageHeader
    {
        public string type;
    }
"""

READER: Final = """\
    /// <summary>Parses the messages that a gateway sends.</summary>
    public static class ServerMessage
    {
        static readonly Dictionary<string, Func<IJson, string, object>> Readers =
            new Dictionary<string, Func<IJson, string, object>>
        {
%s
        };

        /// <summary>The message; null if its type is unknown.</summary>
        public static object Read(IJson json, string text)
        {
            var type = json.Parse<MessageHeader>(text).type;
            Func<IJson, string, object> read;
            return type != null && Readers.TryGetValue(type, out read)
                ? read(json, text)
                : null;
        }
    }
"""


def generate() -> str:
    """Return the text of Messages.cs."""
    incoming = typing.get_args(game_messages.ServerMessage)
    outgoing = typing.get_args(game_messages.GameMessage)
    every = _with_parts([*incoming, *outgoing])
    handed = _with_parts([*HANDED])
    wire = [struct for struct in every if struct not in (*handed, game_messages.GameEvent)]
    public = "\n".join([*map(_class, handed), TRIGGER + _class(game_messages.GameEvent)])
    effects = game_messages.SHORTEST_EFFECT / MS, game_messages.LONGEST_EFFECT / MS
    header = WIRE % (game_messages.PROTOCOL, game_messages.SUBPROTOCOL, *effects, LONGEST_REASON)
    private = "\n".join([header, *map(_class, wire), _reader(incoming)])
    return f"{HEADER}namespace Streamario\n{{\n{public}}}\n\n{private}}}\n"


def _with_parts(structs: list[type[msgspec.Struct]]) -> list[type[msgspec.Struct]]:
    """Return the messages, each after the structs that its fields use."""
    ordered: dict[type[msgspec.Struct], None] = {}

    def add(struct: type[msgspec.Struct]) -> None:
        if _is_part(struct.__base__):
            add(struct.__base__)
        for hint in typing.get_type_hints(struct).values():
            for part in filter(_is_part, (hint, *typing.get_args(hint))):
                add(part)
        ordered.setdefault(struct)

    for struct in structs:
        add(struct)
    return list(ordered)


def _is_part(hint: object) -> typing.TypeGuard[type[msgspec.Struct]]:
    is_struct = isinstance(hint, type) and issubclass(hint, msgspec.Struct)
    return is_struct and hint not in (msgspec.Struct, game_messages.Message)


def _class(struct: type[msgspec.Struct]) -> str:
    base = struct.__base__
    inherits = f" : {base.__name__}" if _is_part(base) else ""
    is_base = struct.__subclasses__() or struct is game_messages.GameEvent
    sealed = "" if is_base else "sealed "
    lines = [
        *_documentation(struct),
        *([OLD_NAME] if struct is game_messages.GameEvent else []),
        "    [Serializable, Preserve]",
        f"    public {sealed}class {struct.__name__}{inherits}",
        "    {",
        *_members(struct, inherited=typing.get_type_hints(base) if inherits else {}),
        "    }",
    ]
    return "\n".join(lines) + "\n"


def _members(struct: type[msgspec.Struct], inherited: typing.Mapping[str, object]) -> list[str]:
    lines = []
    if tag := struct.__struct_config__.tag:
        lines = [f'        public const string Type = "{tag}";', TYPE_FIELD]
    hints = typing.get_type_hints(struct)
    own = {name: hints[name] for name in struct.__struct_fields__ if name not in inherited}
    lines += [f"        public {_type(name, hint)} {name};" for name, hint in own.items()]
    for name, hint in own.items():
        if (part := _nullable(hint)) is not None:
            pascal = name.title().replace("_", "")
            lines += ["", f"        public bool Has{pascal} => {_test(name, part)};"]
    return lines


def _type(name: str, hint: object) -> str:
    part = _nullable(hint) or hint
    if typing.get_origin(part) is typing.Literal:
        return "string"
    if isinstance(part, type) and part in SCALARS:
        return SCALARS[part]
    if name in LONG:
        return "long"
    if part is int:
        return "int"
    if typing.get_origin(part) is tuple:
        return f"{_type(name, typing.get_args(part)[0])}[]"
    assert _is_part(part), f"{name}: {hint} has no counterpart in C#"
    return part.__name__


def _nullable(hint: object) -> type | None:
    """Return the type of a nullable field without its null; None for any other field."""
    if not isinstance(hint, types.UnionType):
        return None
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    return kinds[0] if len(kinds) == 1 else None


def _test(name: str, part: type) -> str:
    if part is str:
        return f"!string.IsNullOrEmpty({name})"
    key = next(field for field, hint in typing.get_type_hints(part).items() if hint is str)
    return f"{name} != null && !string.IsNullOrEmpty({name}.{key})"


def _documentation(struct: type[msgspec.Struct]) -> list[str]:
    assert struct.__doc__, f"{struct.__name__} has no docstring"
    paragraphs = [" ".join(text.split()) for text in struct.__doc__.strip().split("\n\n")]
    lines = _wrap(f"<summary>{_xml(paragraphs[0])}</summary>")
    for text in paragraphs[1:]:
        lines += _wrap(f"<remarks>{_xml(text)}</remarks>")
    return lines


def _xml(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<c>\1</c>", escape(text))


def _wrap(text: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - len(COMMENT), break_on_hyphens=False)
    return [COMMENT + line for line in lines]


def _reader(incoming: tuple[type[msgspec.Struct], ...]) -> str:
    names = [(each.__name__, READ_AS.get(each.__name__, each.__name__)) for each in incoming]
    return READER % "\n".join(
        f"            {{ {name}.Type, (json, text) => json.Parse<{read_as}>(text) }},"
        for name, read_as in names
    )


if __name__ == "__main__":
    TARGET.write_text(generate(), encoding="utf-8")
