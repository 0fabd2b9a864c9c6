#if UNITY_WEBGL && !UNITY_EDITOR
using System.Globalization;
using System.Runtime.InteropServices;

namespace Streamario
{
    /// <summary>The browser's WebSocket.</summary>
    /// <remarks>Events are queued in JavaScript until TryTake; JavaScript never calls C#.</remarks>
    sealed class WebGLSocket : ISocket
    {
        int _id;

        public int Arrivals => StreamarioSocketArrivals(_id);

        public void Connect(SocketRequest request)
        {
            _id = StreamarioSocketOpen(request.Url, string.Join(",", request.Subprotocols));
        }

        public void Send(string text)
        {
            StreamarioSocketSend(_id, text);
        }

        public void Close(int code)
        {
            StreamarioSocketClose(_id, code);
        }

        public void Abort()
        {
            StreamarioSocketForget(_id);
        }

        /// <summary>Does nothing: the browser sends the queue by itself, and C# cannot block for
        /// it.</summary>
        public void WaitClosed(double seconds)
        {
        }

        public bool TryTake(out SocketEvent next)
        {
            var taken = StreamarioSocketTake(_id);
            next = string.IsNullOrEmpty(taken) ? null : Read(taken);
            return next != null;
        }

        // "o"pened, "t" and the text, "c"losed or "r"efused: the code, a space, and the reason.
        static SocketEvent Read(string taken)
        {
            var rest = taken.Substring(1);
            switch (taken[0])
            {
                case 'o': return new SocketEvent { Kind = SocketEventKind.Opened };
                case 't': return new SocketEvent { Kind = SocketEventKind.Text, Text = rest };
                default: return ReadClose(rest, refused: taken[0] == 'r');
            }
        }

        static SocketEvent ReadClose(string rest, bool refused)
        {
            var space = rest.IndexOf(' ');
            return new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Code = int.Parse(rest.Substring(0, space), CultureInfo.InvariantCulture),
                Text = rest.Substring(space + 1),
                Refused = refused,
            };
        }

        [DllImport("__Internal")]
        static extern int StreamarioSocketOpen(string url, string subprotocols);

        [DllImport("__Internal")]
        static extern int StreamarioSocketArrivals(int id);

        [DllImport("__Internal")]
        static extern void StreamarioSocketSend(int id, string text);

        [DllImport("__Internal")]
        static extern void StreamarioSocketClose(int id, int code);

        [DllImport("__Internal")]
        static extern void StreamarioSocketForget(int id);

        [DllImport("__Internal")]
        static extern string StreamarioSocketTake(int id);
    }
}
#endif
