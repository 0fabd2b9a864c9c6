using System;
using System.Collections.Generic;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>Builds the URL and subprotocols of a handshake.</summary>
    static class Address
    {
        const string Path = "/ws-unity";

        // Servers that know no such question pass it over.
        const string RoundChanges = "round_changes=true";

        public static SocketRequest NewRoom(ClientOptions options)
        {
            return Request(options, "key", options.GameKey, new List<string> { RoundChanges });
        }

        public static SocketRequest Resume(ClientOptions options, SavedRoom room)
        {
            var query = new List<string> { RoundChanges, "room_id=" + Uri.EscapeDataString(room.room_id) };
            if (room.epoch > 0) query.Add("epoch=" + room.epoch);
            query.Add("last_seq=" + room.last_seq);
            return Request(options, "token", room.room_token, query);
        }

        /// <summary>The socket's URL, from any accepted form of the gateway's URL.</summary>
        public static string Normalise(string server)
        {
            var url = server.Trim().TrimEnd('/');
            foreach (var scheme in new[] { "http://", "https://" })
                if (url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) url = "ws" + url.Substring(4);
            if (!url.Contains("://")) url = "ws://" + url;
            return url.EndsWith(Path, StringComparison.Ordinal) ? url : url + Path;
        }

        static SocketRequest Request(
            ClientOptions options, string kind, string secret, List<string> query)
        {
            var subprotocols = new List<string> { Protocol.Subprotocol };
            if (!string.IsNullOrEmpty(secret))
            {
                if (options.SecretsInQuery || !IsToken(secret))
                    query.Add(kind + "=" + Uri.EscapeDataString(secret));
                else
                    subprotocols.Add(kind + "." + secret);
            }
            return new SocketRequest(
                Normalise(options.Server) + "?" + string.Join("&", query), subprotocols);
        }

        // Only a token (RFC 9110, section 5.6.2) may be sent as a subprotocol.
        static bool IsToken(string text)
        {
            foreach (var c in text)
            {
                var alphanumeric = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
                if (!alphanumeric && "!#$%&'*+-.^_`|~".IndexOf(c) < 0) return false;
            }
            return true;
        }
    }
}
