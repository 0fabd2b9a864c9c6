using System.Collections.Generic;
using Streamario.Messages;

namespace Streamario
{
    enum After
    {
        ComeBack,
        RoomGone,
        Replaced,
        Refused,
    }

    /// <summary>How a socket ended, and what that means for the game.</summary>
    sealed class Ending
    {
        public const string InvalidToken = "invalid_token";

        public readonly After After;
        public readonly ConnectionDetail Detail;
        public readonly double RetryAfter;

        /// <summary>Whether a server refused the handshake, and the platform hides the reason.</summary>
        public readonly bool Unexplained;

        public Ending(
            After after, ConnectionDetail detail, double retryAfter = 0, bool unexplained = false)
        {
            After = after;
            Detail = detail;
            RetryAfter = retryAfter;
            Unexplained = unexplained;
        }

        struct Meaning
        {
            public After After;
            public string Code;
        }

        static readonly Dictionary<int, Meaning> ByCloseCode = new Dictionary<int, Meaning>
        {
            { 1000, Means(After.ComeBack, "closed") },
            { 1001, Means(After.ComeBack, "going_away") },
            { 1006, Means(After.ComeBack, "lost") },
            { 1009, Means(After.ComeBack, "message_too_big") },
            { 4001, Means(After.Replaced, "replaced") },
            { 4003, Means(After.Refused, "forbidden") },
            { 4004, Means(After.RoomGone, "room_not_found") },
            { 4009, Means(After.ComeBack, "too_many_bad_messages") },
            { 4010, Means(After.RoomGone, "room_over") },
        };

        // Only an error code of the gateway makes the client stop or give up the room: a firewall, a load
        // balancer or a hotel's login page may answer the same statuses for a while.
        static readonly Dictionary<string, After> ByProblem = new Dictionary<string, After>
        {
            { "invalid_query", After.Refused },
            { "missing_token", After.Refused },
            { "missing_game_key", After.Refused },
            { InvalidToken, After.Refused },
            { "invalid_game_key", After.Refused },
            { "forbidden_origin", After.Refused },
            { "room_not_found", After.RoomGone },
            { "room_over", After.RoomGone },
        };

        static readonly Dictionary<int, string> ByStatus = new Dictionary<int, string>
        {
            { 400, "bad_request" },
            { 401, "unauthorized" },
            { 403, "forbidden" },
            { 404, "not_found" },
            { 429, "too_many_requests" },
            { 503, "unavailable" },
        };

        // The client does not wait for the close that these errors announce: some platforms hide its code.
        static readonly Dictionary<string, int> Announced = new Dictionary<string, int>
        {
            { "going_away", 1001 },
            { "replaced", 4001 },
            { "forbidden", 4003 },
            { "room_not_found", 4004 },
            { "room_over", 4010 },
        };

        /// <summary>The end that an error message announces, or null.</summary>
        public static Ending AnnouncedBy(Error error)
        {
            int code;
            if (!Announced.TryGetValue(error.code ?? "", out code)) return null;
            return new Ending(
                ByCloseCode[code].After, new ConnectionDetail(error.code, error.message, code));
        }

        /// <summary>How a socket ended. <c>last</c> is the last error message on it: the reason, if the
        /// close gives none.</summary>
        public static Ending Of(SocketEvent closed, Error last)
        {
            return closed.Refused ? OfRefusal(closed) : OfClose(closed, last);
        }

        public static Ending Lost(string code, string sentence)
        {
            return new Ending(After.ComeBack, new ConnectionDetail(code, sentence, 1006));
        }

        static Ending OfClose(SocketEvent closed, Error last)
        {
            Meaning meaning;
            if (!ByCloseCode.TryGetValue(closed.Code, out meaning))
                meaning = Means(After.ComeBack, "closed");
            var detail = last != null
                ? new ConnectionDetail(last.code, last.message, closed.Code)
                : new ConnectionDetail(meaning.Code, closed.Text, closed.Code);
            return new Ending(meaning.After, detail);
        }

        static Ending OfRefusal(SocketEvent closed)
        {
            After after;
            if (!ByProblem.TryGetValue(closed.Problem, out after)) after = After.ComeBack;
            return new Ending(
                after,
                new ConnectionDetail(CodeOf(closed), closed.Text, 0, closed.Status),
                closed.RetryAfter,
                closed.Status == 0);
        }

        static string CodeOf(SocketEvent refusal)
        {
            string code;
            if (refusal.Problem != "") return refusal.Problem;
            return ByStatus.TryGetValue(refusal.Status, out code) ? code : "refused";
        }

        static Meaning Means(After after, string code)
        {
            return new Meaning { After = after, Code = code };
        }
    }
}
