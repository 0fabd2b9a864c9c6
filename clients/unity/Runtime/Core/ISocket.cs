using System.Collections.Generic;

namespace Streamario
{
    /// <summary>What a handshake asks for.</summary>
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

    /// <summary>Something that happened on a socket; after Closed there is nothing more.</summary>
    public sealed class SocketEvent
    {
        public SocketEventKind Kind;

        /// <summary>The message, or why the socket closed.</summary>
        public string Text = "";

        /// <summary>The close code; 1006 where the connection was lost or never made.</summary>
        public int Code;

        /// <summary>Whether a server answered the handshake, and with something else than a socket.</summary>
        public bool Refused;

        /// <summary>The refusal's HTTP status; 0 where the platform does not tell.</summary>
        public int Status;

        /// <summary>The refusal's code as the gateway names it; empty where it was not the gateway.</summary>
        public string Problem = "";

        /// <summary>Seconds after which the server wants to see us again, or 0.</summary>
        public double RetryAfter;
    }

    /// <summary>One WebSocket, used from one thread; what happens on it waits to be taken.</summary>
    public interface ISocket
    {
        /// <summary>Counts what came, taken or not, so that silence shows while nobody takes.</summary>
        int Arrivals { get; }

        void Connect(SocketRequest request);

        /// <summary>Sends after what was sent before; returns at once.</summary>
        void Send(string text);

        /// <summary>Closes after what was sent before, for which it has 2 s; returns at once.</summary>
        void Close(int code);

        /// <summary>Lets go of everything at once.</summary>
        void Abort();

        /// <summary>Blocks until the socket is closed, where the platform can block.</summary>
        void WaitClosed(double seconds);

        bool TryTake(out SocketEvent next);
    }
}
