using System;
using UnityEngine;

namespace Streamario
{
    // The server's REST interface for the HUD and the editor window, and playing without a server.
    public sealed partial class StreamarioClient
    {
        /// <summary>As Server: the room is in this process, and nobody else can come.</summary>
        public const string Loopback = "loopback";

        /// <summary>The editor's switch "without a server", in SessionState.</summary>
        internal const string LoopbackSwitch = "Streamario.Loopback";

        LoopbackServer _loopback;
        IRoomApi _api;

        // Not kept over a recompile in play mode, which loses _api.
        [NonSerialized]
        string _apiOrigin;

        // As it was when the game began, like Server: the room's token goes there.
        string _apiUrl = "";

        /// <summary>Null until the client has reached its room, unless the API's URL is set.</summary>
        internal IRoomApi Api
        {
            get
            {
                var inCharge = InCharge;
                if (inCharge._loopback == null) inCharge.FollowOrigin();
                return inCharge._api;
            }
        }

        /// <summary>Proves that the room is this game's; "" while there is none.</summary>
        internal string RoomToken => Game.RoomToken;

        /// <summary>Whether this run plays without a server.</summary>
        internal bool IsLoopback => InCharge._loopback != null;

        void BeginLoopback()
        {
            if (server.Trim() != Loopback && !IsSwitchedToLoopback()) return;
            _loopback = new LoopbackServer(new UnityJson(), Now);
            _api = new LoopbackApi(_loopback, new UnityJson(), Now);
        }

        void FollowOrigin()
        {
            var game = Game;
            var origin = OriginOf(_apiUrl != "" ? _apiUrl : game.ApiUrl);
            if (origin == _apiOrigin) return;
            _apiOrigin = origin;
            _api = origin == "" ? null : NewApi(origin);
        }

        /// <summary>The scheme, host and port of a URL; "" if it is none of the web.</summary>
        static string OriginOf(string url)
        {
            Uri web;
            return TryWeb(url, out web) ? web.GetLeftPart(UriPartial.Authority) : "";
        }

        /// <summary>Whether a URL is http or https. The system would open a file, or a program with any other
        /// scheme.</summary>
        internal static bool TryWeb(string url, out Uri web)
        {
            return Uri.TryCreate(url.Trim(), UriKind.Absolute, out web)
                && (web.Scheme == Uri.UriSchemeHttp || web.Scheme == Uri.UriSchemeHttps);
        }

        internal static IRoomApi NewApi(string origin)
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            return new WebGLRoomApi(origin);
#else
            return new NetRoomApi(origin);
#endif
        }

        static bool IsSwitchedToLoopback()
        {
#if UNITY_EDITOR
            return UnityEditor.SessionState.GetBool(LoopbackSwitch, false);
#else
            return false;
#endif
        }

        static double Now()
        {
            return Time.realtimeSinceStartupAsDouble;
        }
    }
}
