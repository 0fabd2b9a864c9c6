using System;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>One socket from its handshake to its end, read as messages.</summary>
    sealed class Link
    {
        const double WelcomeWithin = 15;

        readonly ISocket _socket;
        readonly IJson _json;
        readonly KeepAlive _keepAlive;
        readonly double _since;
        Error _lastError;

        public Link(
            ISocket socket, IJson json, SocketRequest request, AwakeClock clock, double giveUpAfter)
        {
            _socket = socket;
            _json = json;
            _keepAlive = new KeepAlive(clock.Time, giveUpAfter);
            _since = clock.Time;
            _socket.Connect(request);
        }

        /// <summary>RoomCreated or RoomReady, once it has arrived.</summary>
        public object Welcome { get; private set; }

        /// <summary>How the socket ended; null while it is open.</summary>
        public Ending Ending { get; private set; }

        /// <summary>Whether the gateway sent reconnect: the end of this socket is then expected.</summary>
        public bool ToldToMove { get; set; }

        /// <summary>For a released link: the time at which it is aborted.</summary>
        public double PartBy { get; set; }

        /// <summary>Whether the socket has closed, and all its events have been read.</summary>
        public bool IsClosed { get; private set; }

        /// <summary>The next message; null if none is queued. Throws what the JSON reader throws.</summary>
        public object Read()
        {
            SocketEvent next;
            while (Ending == null && _socket.TryTake(out next))
            {
                var message = Understand(next);
                if (message != null) return message;
            }
            return null;
        }

        /// <summary>Discards queued events until the close.</summary>
        public void Drain()
        {
            SocketEvent next;
            while (!IsClosed && _socket.TryTake(out next)) IsClosed = next.Kind == SocketEventKind.Closed;
        }

        /// <summary>Ends the socket if it has been silent for too long; returns Ping when a ping is
        /// due.</summary>
        public Beat Check(AwakeClock clock)
        {
            if (Ending != null) return Beat.None;
            if (Welcome == null)
            {
                if (clock.Time - _since < WelcomeWithin) return Beat.None;
                return Lose(Ending.Lost("no_answer", "The gateway does not answer."));
            }
            var beat = _keepAlive.Check(clock, _socket.Arrivals);
            return beat == Beat.Dead ? Lose(Ending.Lost("silent", "The gateway is silent.")) : beat;
        }

        public void SendText(string text)
        {
            _socket.Send(text);
        }

        public void Close(int code)
        {
            _socket.Close(code);
        }

        public void WaitClosed(double seconds)
        {
            _socket.WaitClosed(seconds);
        }

        public void Abort()
        {
            _socket.Abort();
            IsClosed = true;
        }

        object Understand(SocketEvent next)
        {
            switch (next.Kind)
            {
                case SocketEventKind.Text:
                    return Note(ServerMessage.Read(_json, next.Text));
                case SocketEventKind.Closed:
                    IsClosed = true;
                    Ending = Ending.Of(next, _lastError);
                    return null;
                default:
                    return null;
            }
        }

        object Note(object message)
        {
            if (message is RoomCreated || message is RoomReady) Welcome = message;
            var error = message as Error;
            if (error == null) return message;
            _lastError = error;
            Ending = Ending.AnnouncedBy(error);
            return Ending == null ? error : null;
        }

        Beat Lose(Ending ending)
        {
            Ending = ending;
            return Beat.Dead;
        }
    }
}
