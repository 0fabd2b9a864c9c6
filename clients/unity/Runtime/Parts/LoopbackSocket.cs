using System.Collections.Generic;

namespace Streamario
{
    /// <summary>A socket to the server in this process.</summary>
    sealed class LoopbackSocket : ISocket
    {
        readonly LoopbackServer _server;
        readonly Queue<SocketEvent> _came = new Queue<SocketEvent>();
        bool _isOver;

        public LoopbackSocket(LoopbackServer server)
        {
            _server = server;
        }

        public int Arrivals { get; private set; }

        public void Connect(SocketRequest request)
        {
            _server.Attach(this, request.Url);
        }

        public void Send(string text)
        {
            if (!_isOver) _server.Take(this, text);
        }

        public void Close(int code)
        {
            End(code, "");
        }

        public void Abort()
        {
            _server.Detach(this);
            _isOver = true;
        }

        public void WaitClosed(double seconds)
        {
        }

        public bool TryTake(out SocketEvent next)
        {
            next = _came.Count > 0 ? _came.Dequeue() : null;
            return next != null;
        }

        internal void BeOpen()
        {
            Add(new SocketEvent { Kind = SocketEventKind.Opened });
        }

        internal void Bring(string text)
        {
            if (!_isOver) Add(new SocketEvent { Kind = SocketEventKind.Text, Text = text });
        }

        internal void Refuse(int status, string code)
        {
            _isOver = true;
            Add(new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Code = 1006,
                Refused = true,
                Status = status,
                Problem = code,
            });
        }

        internal void End(int code, string reason)
        {
            if (_isOver) return;
            _server.Detach(this);
            _isOver = true;
            Add(new SocketEvent { Kind = SocketEventKind.Closed, Code = code, Text = reason });
        }

        void Add(SocketEvent came)
        {
            _came.Enqueue(came);
            Arrivals++;
        }
    }
}
