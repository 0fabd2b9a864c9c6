using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>A .NET socket, for every platform but WebGL. Background tasks read and write it, so that it
    /// keeps working while the main loop stalls.</summary>
    public sealed class NativeSocket : ISocket
    {
        const int ReadSize = 16 * 1024;
        const int CloseWithin = 2000;
        const int NoStatus = 1005;
        const int Lost = 1006;

        readonly ClientWebSocket _socket = new ClientWebSocket();
        readonly ConcurrentQueue<SocketEvent> _came = new ConcurrentQueue<SocketEvent>();
        readonly ConcurrentQueue<string> _toSend = new ConcurrentQueue<string>();
        readonly SemaphoreSlim _work = new SemaphoreSlim(0);
        readonly CancellationTokenSource _abort = new CancellationTokenSource();
        readonly ManualResetEventSlim _closed = new ManualResetEventSlim();

        volatile int _arrivals;
        volatile int _closeCode;
        volatile bool _isOpen;

        public int Arrivals => _arrivals;

        public void Connect(SocketRequest request)
        {
            Task.Run(() => Live(request));
        }

        public void Send(string text)
        {
            _toSend.Enqueue(text);
            _work.Release();
        }

        public void Close(int code)
        {
            _closeCode = code;
            _work.Release();
            // A timer aborts it: the game may make no further call.
            _abort.CancelAfter(_isOpen ? CloseWithin : 0);
        }

        public void Abort()
        {
            // Cancel() would run the waiting continuations on this thread, the game's main thread.
            _abort.CancelAfter(0);
        }

        public void WaitClosed(double seconds)
        {
            _closed.Wait(TimeSpan.FromSeconds(seconds));
        }

        public bool TryTake(out SocketEvent next)
        {
            return _came.TryDequeue(out next);
        }

        async Task Live(SocketRequest request)
        {
            try
            {
                Post(await Run(request).ConfigureAwait(false));
            }
            finally
            {
                _abort.Cancel();
                _socket.Dispose();
                _closed.Set();
            }
        }

        async Task<SocketEvent> Run(SocketRequest request)
        {
            var refusal = await Open(request).ConfigureAwait(false);
            if (refusal != null) return refusal;
            _isOpen = true;
            Post(new SocketEvent { Kind = SocketEventKind.Opened });
            var sending = SendAll();
            try
            {
                await ReceiveAll().ConfigureAwait(false);
                await AnswerClose(sending).ConfigureAwait(false);
                return Closed();
            }
            catch (Exception problem)
            {
                return Failed(problem);
            }
            finally
            {
                _isOpen = false;
                _abort.Cancel();
                await sending.ConfigureAwait(false);
            }
        }

        /// <summary>Opens the socket; returns null, or the refusal or failure.</summary>
        async Task<SocketEvent> Open(SocketRequest request)
        {
            try
            {
                // The client detects silence itself, with its own pings.
                _socket.Options.KeepAliveInterval = TimeSpan.Zero;
                foreach (var subprotocol in request.Subprotocols)
                    _socket.Options.AddSubProtocol(subprotocol);
                var url = new Uri(request.Url);
                if (url.IsLoopback) _socket.Options.Proxy = null;
                await _socket.ConnectAsync(url, _abort.Token).ConfigureAwait(false);
                return null;
            }
            catch (Exception problem)
            {
                if (_abort.IsCancellationRequested) return Failed(problem);
                return await Inquiry.Ask(request, _abort.Token).ConfigureAwait(false) ?? Failed(problem);
            }
        }

        async Task ReceiveAll()
        {
            var buffer = new ArraySegment<byte>(new byte[ReadSize]);
            var message = new MemoryStream();
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, _abort.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return;
                message.Write(buffer.Array, 0, part.Count);
                if (!part.EndOfMessage) continue;
                Post(TextOf(message));
                message.SetLength(0);
            }
        }

        /// <summary>The gateway has closed: sends the queue, then answers the close.</summary>
        async Task AnswerClose(Task sending)
        {
            if (_closeCode == 0) Close((int)(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure));
            await Task.WhenAny(sending, Task.Delay(CloseWithin, _abort.Token)).ConfigureAwait(false);
        }

        async Task SendAll()
        {
            try
            {
                while (true)
                {
                    await _work.WaitAsync(_abort.Token).ConfigureAwait(false);
                    string text;
                    if (_toSend.TryDequeue(out text)) await SendText(text).ConfigureAwait(false);
                    else break;
                }
                await _socket.CloseOutputAsync((WebSocketCloseStatus)_closeCode, "", _abort.Token)
                    .ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The receiving task gets the same failure and reports it.
            }
        }

        Task SendText(string text)
        {
            var bytes = new ArraySegment<byte>(Encoding.UTF8.GetBytes(text));
            return _socket.SendAsync(bytes, WebSocketMessageType.Text, true, _abort.Token);
        }

        void Post(SocketEvent next)
        {
            _came.Enqueue(next);
            _arrivals++;
        }

        SocketEvent Closed()
        {
            return new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Code = (int)(_socket.CloseStatus ?? (WebSocketCloseStatus)NoStatus),
                Text = _socket.CloseStatusDescription ?? "",
            };
        }

        static SocketEvent TextOf(MemoryStream message)
        {
            var text = Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
            return new SocketEvent { Kind = SocketEventKind.Text, Text = text };
        }

        static SocketEvent Failed(Exception problem)
        {
            while (problem.InnerException != null) problem = problem.InnerException;
            return new SocketEvent { Kind = SocketEventKind.Closed, Code = Lost, Text = problem.Message };
        }
    }
}
