using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The URL and subprotocols of a handshake.</summary>
    public sealed class SocketRequest
    {
        public readonly string Url;
        public readonly IReadOnlyList<string> Subprotocols;

        public SocketRequest(string url, IReadOnlyList<string> subprotocols)
        {
            Url = url;
            Subprotocols = subprotocols;
        }
    }

    public enum SocketEventKind
    {
        Opened,
        Text,
        Closed,
    }

    /// <summary>An event of a socket; Closed is the last one.</summary>
    public sealed class SocketEvent
    {
        public SocketEventKind Kind;

        /// <summary>The message, or why the socket closed.</summary>
        public string Text = "";

        /// <summary>The close code; 1006 if the connection was lost or never opened.</summary>
        public int Code;

        /// <summary>Whether a server answered the handshake with a refusal.</summary>
        public bool Refused;

        /// <summary>The refusal's HTTP status; 0 if the platform hides it.</summary>
        public int Status;

        /// <summary>The gateway's error code of the refusal; empty if something else refused.</summary>
        public string Problem = "";

        /// <summary>The least wait before the next attempt (s), as the server asked, or 0.</summary>
        public double RetryAfter;
    }

    /// <summary>One WebSocket, used from one thread; its events are queued for TryTake.</summary>
    public interface ISocket
    {
        /// <summary>The number of events that have arrived, taken or not: it shows whether the socket is
        /// silent.</summary>
        int Arrivals { get; }

        void Connect(SocketRequest request);

        /// <summary>Queues a message; returns at once.</summary>
        void Send(string text);

        /// <summary>Closes after sending the queue, within 2 s; returns at once.</summary>
        void Close(int code);

        /// <summary>Drops the connection without a close handshake.</summary>
        void Abort();

        /// <summary>Blocks until the socket is closed, where the platform can block.</summary>
        void WaitClosed(double seconds);

        bool TryTake(out SocketEvent next);
    }
}
