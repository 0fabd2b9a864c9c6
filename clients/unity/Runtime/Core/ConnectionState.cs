namespace Streamario
{
    public enum ConnectionState
    {
        /// <summary>Not opened yet.</summary>
        Idle,
        Connecting,
        Connected,

        /// <summary>The socket was lost; the client waits before the next attempt.</summary>
        Waiting,

        /// <summary>The client sends its queue, then closes.</summary>
        Closing,
        Closed,

        /// <summary>Another game has taken over the room. Open() would take it back.</summary>
        Replaced,

        /// <summary>The server refuses this game; retrying would not help.</summary>
        Refused,
    }

    /// <summary>Why the connection is in its state.</summary>
    public sealed class ConnectionDetail
    {
        public static readonly ConnectionDetail None = new ConnectionDetail("", "");

        /// <summary>A stable code such as going_away, replaced or silent; empty if nothing is
        /// wrong.</summary>
        public readonly string Code;

        /// <summary>A sentence for people.</summary>
        public readonly string Message;

        /// <summary>The WebSocket close code, or 0.</summary>
        public readonly int CloseCode;

        /// <summary>The HTTP status of a refused handshake, or 0.</summary>
        public readonly int HttpStatus;

        /// <summary>Seconds until the next attempt.</summary>
        public readonly double RetryIn;

        public ConnectionDetail(
            string code, string message, int closeCode = 0, int httpStatus = 0, double retryIn = 0)
        {
            Code = code;
            Message = message;
            CloseCode = closeCode;
            HttpStatus = httpStatus;
            RetryIn = retryIn;
        }

        public override string ToString() => Code == "" ? "" : Code + ": " + Message;
    }
}
