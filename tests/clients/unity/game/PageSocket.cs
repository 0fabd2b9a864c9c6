using System;
using System.Collections.Generic;
using System.Globalization;

namespace Streamario.Tests
{
    /// <summary>A socket of the WebGL library in a real page: the test opens it in the page, and passes on the
    /// events that the library would give to WebGLSocket.</summary>
    sealed class PageSocket : ISocket
    {
        static readonly List<PageSocket> Asked = new List<PageSocket>();

        readonly Queue<SocketEvent> _came = new Queue<SocketEvent>();
        readonly Action<Request> _ask;

        public PageSocket(Action<Request> ask)
        {
            _ask = ask;
        }

        public int Arrivals { get; private set; }

        /// <summary>Takes an event: the socket's number, a space, and the library's text.</summary>
        public static void Bring(string line)
        {
            var words = line.Split(new[] { ' ' }, 2);
            var socket = Asked[int.Parse(words[0], CultureInfo.InvariantCulture)];
            socket._came.Enqueue(Read(words[1]));
            socket.Arrivals++;
        }

        public void Connect(SocketRequest request)
        {
            Asked.Add(this);
            _ask(new Request { url = request.Url, subprotocols = string.Join(",", request.Subprotocols) });
        }

        public void Send(string text)
        {
        }

        public void Close(int code)
        {
        }

        public void Abort()
        {
        }

        public void WaitClosed(double seconds)
        {
        }

        public bool TryTake(out SocketEvent next)
        {
            next = _came.Count > 0 ? _came.Dequeue() : null;
            return next != null;
        }

        // As WebGLSocket.Read.
        static SocketEvent Read(string taken)
        {
            var rest = taken.Substring(1);
            if (taken[0] == 'o') return new SocketEvent { Kind = SocketEventKind.Opened };
            if (taken[0] == 't') return new SocketEvent { Kind = SocketEventKind.Text, Text = rest };
            return new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Code = int.Parse(rest.Split(' ')[0], CultureInfo.InvariantCulture),
                Refused = taken[0] == 'r',
            };
        }

        [Serializable]
        public sealed class Request
        {
            public string url;
            public string subprotocols;
        }
    }
}
