// The parts of NativeWebSocket that an older game uses, to compile against.
using System;
using System.Threading.Tasks;

namespace NativeWebSocket
{
    public enum WebSocketCloseCode { Normal = 1000, Abnormal = 1006 }

    public class WebSocket
    {
        public WebSocket(string url) { }
        public event Action<byte[]> OnMessage { add { } remove { } }
        public event Action<string> OnError { add { } remove { } }
        public event Action<WebSocketCloseCode> OnClose { add { } remove { } }
        public Task Connect() => null;
        public Task SendText(string message) => null;
        public Task Close() => null;
        public void DispatchMessageQueue() { }
    }
}
