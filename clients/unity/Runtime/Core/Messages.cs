// Written by `python -m clients.csharp` from shared/wire/game_messages.py; changes belong there.
using System;
using System.Collections.Generic;
using Streamario.Messages;

#pragma warning disable 618 // ViewerTrigger derives from GameEvent, its old name

namespace Streamario
{
    /// <summary>A new room. <c>room_token</c> is the secret that proves that the room belongs to
    /// this game.</summary>
    /// <remarks>It is for the gateway and for the API at <c>api_url</c> alone ("" = not known);
    /// <c>web_url</c> may be on another site.</remarks>
    [Serializable, Preserve]
    public sealed class RoomCreated
    {
        public const string Type = "room_created";
        public string type = Type;
        public string room_id;
        public string web_url;
        public string room_token;
        public long epoch;
        public long seq;
        public int protocol;
        public string api_url;
    }

    /// <summary>The game is attached to its room again.</summary>
    /// <remarks><c>replayed</c> messages follow that the game has not applied, up to <c>seq</c>.
    /// <c>recovered</c> is false if the server lost messages that the game has already applied,
    /// messages that should follow now, or the round that ran; a <c>gap</c> then names the number
    /// after which messages continue.</remarks>
    [Serializable, Preserve]
    public sealed class RoomReady
    {
        public const string Type = "room_ready";
        public string type = Type;
        public string room_id;
        public string web_url;
        public string room_token;
        public long epoch;
        public long seq;
        public string status;
        public int round;
        public bool recovered;
        public int replayed;
        public int protocol;
        public string api_url;
    }

    /// <summary>A viewer in a top list, and how often it pressed.</summary>
    [Serializable, Preserve]
    public class Top
    {
        public string viewer_id;
        public string viewer_name;
        public int count;

        public bool HasViewerName => !string.IsNullOrEmpty(viewer_name);
    }

    /// <summary>The viewers who pressed most: overall, and for each team.</summary>
    [Serializable, Preserve]
    public sealed class TeamTops
    {
        public Top all;
        public Top skill;
        public Top enemy;

        public bool HasAll => all != null && !string.IsNullOrEmpty(all.viewer_id);

        public bool HasSkill => skill != null && !string.IsNullOrEmpty(skill.viewer_id);

        public bool HasEnemy => enemy != null && !string.IsNullOrEmpty(enemy.viewer_id);
    }

    /// <summary>The viewer who pressed one button most.</summary>
    [Serializable, Preserve]
    public sealed class ButtonTop : Top
    {
        public string event_type;
    }

    /// <summary>The accepted presses of one button in a round.</summary>
    [Serializable, Preserve]
    public sealed class EventTotal
    {
        public string event_type;
        public int count;
    }

    /// <summary>The results of a round. Buttons without presses have no entry in
    /// <c>top_by_button</c>.</summary>
    [Serializable, Preserve]
    public sealed class GameEndSummary
    {
        public const string Type = "game_end_summary";
        public string type = Type;
        public string room_id;
        public int round;
        public TeamTops team_tops;
        public ButtonTop[] top_by_button;
        public Top top_overall;
        public EventTotal[] event_totals;
        public long epoch;
        public long seq;

        public bool HasTopOverall => top_overall != null && !string.IsNullOrEmpty(top_overall.viewer_id);
    }

    /// <summary>Messages up to <c>last_seq</c> are no longer available; the next number is
    /// <c>last_seq</c> + 1.</summary>
    [Serializable, Preserve]
    public sealed class Gap
    {
        public const string Type = "gap";
        public string type = Type;
        public long epoch;
        public long last_seq;
    }

    /// <summary>The state of the room's round, for a game that asked for it with
    /// <c>round_changes=true</c>.</summary>
    /// <remarks>It is sent after the welcome and whenever it changes, whoever changes it: the game,
    /// the room's owner, a press or the time limit. <c>round</c> is 0 before the first
    /// one.</remarks>
    [Serializable, Preserve]
    public sealed class RoundUpdate
    {
        public const string Type = "round";
        public string type = Type;
        public string status;
        public int round;
        public bool paused;
        public bool stopped;
    }

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
    /// <summary>A trigger: a button fired.</summary>
    /// <remarks><c>trigger_count</c> is how many presses it took, and <c>people</c> how many
    /// viewers pressed the button since its last trigger; 0 if an older release fired it, or only
    /// the streamer pressed. <c>viewer_name</c> is the viewer whose press fired it, null for the
    /// streamer's (<c>by_streamer</c>). If <c>replayed</c>, it fired before this socket was
    /// attached.</remarks>
    [Obsolete("Use ViewerTrigger.")]
    [Serializable, Preserve]
    public class GameEvent
    {
        public const string Type = "game_event";
        public string type = Type;
        public string room_id;
        public string event_type;
        public int trigger_count;
        public int viewer_count;
        public string viewer_name;
        public long epoch;
        public long seq;
        public long fired_at;
        public bool replayed;
        public int people;
        public bool by_streamer;

        public bool HasViewerName => !string.IsNullOrEmpty(viewer_name);
    }
}

namespace Streamario.Messages
{
    /// <summary>The version, subprotocol and limits of the game protocol.</summary>
    public static class Protocol
    {
        public const int Version = 1;
        public const string Subprotocol = "streamario.v1";
        internal const double ShortestEffect = 0.1; // s
        internal const double LongestEffect = 3600; // s
        internal const int LongestReason = 80; // code points
    }

    /// <summary>The part of every message that names its type.</summary>
    [Serializable, Preserve]
    public sealed class MessageHeader
    {
        public string type;
    }

    /// <summary>The number of active viewers. It is sent when it changes, at most once a
    /// second.</summary>
    [Serializable, Preserve]
    public sealed class ViewerCountUpdate
    {
        public const string Type = "viewer_count_update";
        public string type = Type;
        public string room_id;
        public int viewer_count;
    }

    /// <summary>The gateway will close this socket: after <c>after_ms</c> open another, then close
    /// this one.</summary>
    [Serializable, Preserve]
    public sealed class Reconnect
    {
        public const string Type = "reconnect";
        public string type = Type;
        public int after_ms;
    }

    /// <summary>The server refused something. The socket stays open unless the server closes it
    /// next.</summary>
    /// <remarks>Only where it helps to wait, <c>retry_after_ms</c> says how long.</remarks>
    [Serializable, Preserve]
    public sealed class Error
    {
        public const string Type = "error";
        public string type = Type;
        public string code;
        public string message;
        public int retry_after_ms;
    }

    /// <summary>The answer to <c>ping</c>, with its <c>t</c>.</summary>
    [Serializable, Preserve]
    public sealed class Pong
    {
        public const string Type = "pong";
        public string type = Type;
        public long t;
    }

    /// <summary>Opens a round. It changes nothing if a round is running.</summary>
    [Serializable, Preserve]
    public sealed class GameStart
    {
        public const string Type = "game_start";
        public string type = Type;
    }

    /// <summary>Ends the round.</summary>
    [Serializable, Preserve]
    public sealed class GameEnd
    {
        public const string Type = "game_end";
        public string type = Type;
    }

    /// <summary>Acknowledges everything up to (<c>epoch</c>, <c>seq</c>): the game has applied
    /// it.</summary>
    [Serializable, Preserve]
    public sealed class Ack
    {
        public const string Type = "ack";
        public string type = Type;
        public long epoch;
        public long seq;
    }

    /// <summary>What became of a trigger that the game got at most ten minutes ago.</summary>
    /// <remarks><c>started</c>: it lasts for <c>duration_ms</c> (100 … 3,600,000; only then).
    /// <c>done</c> and <c>failed</c> are final: repeated, they change nothing. <c>failed</c> gives
    /// its presses back to the button.</remarks>
    [Serializable, Preserve]
    public sealed class Outcome
    {
        public const string Type = "outcome";
        public string type = Type;
        public long epoch;
        public long seq;
        public string status;
        public int duration_ms;
        public string reason;
    }

    /// <summary>Whether the game can use a button: holds until the game says otherwise or the round
    /// ends.</summary>
    /// <remarks>While it cannot, presses of the button are refused as <c>unavailable</c>, and it
    /// does not fire.</remarks>
    [Serializable, Preserve]
    public sealed class Available
    {
        public const string Type = "available";
        public string type = Type;
        public string event_type;
        public bool available;
        public string reason;
    }

    /// <summary>Pauses the round: no triggers fire until <c>resume</c>.</summary>
    [Serializable, Preserve]
    public sealed class Pause
    {
        public const string Type = "pause";
        public string type = Type;
    }

    /// <summary>Resumes the round: what is full fires with the next press.</summary>
    /// <remarks>With <c>discard</c>, counts of a paused round become zero.</remarks>
    [Serializable, Preserve]
    public sealed class Resume
    {
        public const string Type = "resume";
        public string type = Type;
        public bool discard;
    }

    /// <summary>Changes the settings that are given beside <c>type</c>; a given list replaces the
    /// whole list.</summary>
    [Serializable, Preserve]
    public sealed class ChangeSettings
    {
        public const string Type = "settings";
        public string type = Type;
    }

    /// <summary>Asks for a <c>pong</c> with the same <c>t</c>.</summary>
    [Serializable, Preserve]
    public sealed class Ping
    {
        public const string Type = "ping";
        public string type = Type;
        public long t;
    }

    /// <summary>Parses the messages that a gateway sends.</summary>
    public static class ServerMessage
    {
        static readonly Dictionary<string, Func<IJson, string, object>> Readers =
            new Dictionary<string, Func<IJson, string, object>>
        {
            { RoomCreated.Type, (json, text) => json.Parse<RoomCreated>(text) },
            { RoomReady.Type, (json, text) => json.Parse<RoomReady>(text) },
            { GameEvent.Type, (json, text) => json.Parse<ViewerTrigger>(text) },
            { ViewerCountUpdate.Type, (json, text) => json.Parse<ViewerCountUpdate>(text) },
            { RoundUpdate.Type, (json, text) => json.Parse<RoundUpdate>(text) },
            { GameEndSummary.Type, (json, text) => json.Parse<GameEndSummary>(text) },
            { Gap.Type, (json, text) => json.Parse<Gap>(text) },
            { Reconnect.Type, (json, text) => json.Parse<Reconnect>(text) },
            { Error.Type, (json, text) => json.Parse<Error>(text) },
            { Pong.Type, (json, text) => json.Parse<Pong>(text) },
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
}
