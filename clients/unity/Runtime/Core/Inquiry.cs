using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>Repeats a failed handshake as a plain HTTP request, to learn its status and
    /// error.</summary>
    /// <remarks>ClientWebSocket hides the status, which distinguishes "the room is gone", "the key is
    /// wrong" and "retry in a moment". The request names a WebSocket version that does not exist (RFC
    /// 6455, section 4.4), so the server never opens a socket.</remarks>
    static class Inquiry
    {
        const int AnswerWithin = 5000;
        const int LongestAnswer = 16 * 1024;

        /// <summary>The refusal; null if no HTTP server answers.</summary>
        public static async Task<SocketEvent> Ask(SocketRequest request, CancellationToken abort)
        {
            Uri url;
            if (!Uri.TryCreate(request.Url, UriKind.Absolute, out url)) return null;
            using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(abort))
            {
                deadline.CancelAfter(AnswerWithin);
                foreach (var address in await Resolve(url).ConfigureAwait(false))
                {
                    var answer = await AskAt(address, url, request, deadline.Token).ConfigureAwait(false);
                    if (answer != null) return answer.AsRefusal();
                }
                // The caller then reports the failure of the handshake itself.
                return null;
            }
        }

        static async Task<IPAddress[]> Resolve(Uri url)
        {
            try
            {
                return await Dns.GetHostAddressesAsync(url.DnsSafeHost).ConfigureAwait(false);
            }
            catch (Exception)
            {
                return new IPAddress[0];
            }
        }

        // In Mono, a TcpClient that is given no address family never connects over IPv6.
        static async Task<HttpAnswer> AskAt(
            IPAddress address, Uri url, SocketRequest request, CancellationToken deadline)
        {
            try
            {
                using (var client = new TcpClient(address.AddressFamily))
                using (deadline.Register(client.Close))
                {
                    await client.ConnectAsync(address, url.Port).ConfigureAwait(false);
                    return await Exchange(client, url, request).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                return null;
            }
        }

        static async Task<HttpAnswer> Exchange(TcpClient client, Uri url, SocketRequest request)
        {
            using (var stream = await Secured(client.GetStream(), url).ConfigureAwait(false))
            {
                var head = Encoding.ASCII.GetBytes(Head(url, request));
                await stream.WriteAsync(head, 0, head.Length).ConfigureAwait(false);
                return await ReadAnswer(stream).ConfigureAwait(false);
            }
        }

        static async Task<Stream> Secured(Stream plain, Uri url)
        {
            if (url.Scheme != "wss") return plain;
            var secure = new SslStream(plain);
            await secure.AuthenticateAsClientAsync(url.DnsSafeHost).ConfigureAwait(false);
            return secure;
        }

        static string Head(Uri url, SocketRequest request)
        {
            return "GET " + url.PathAndQuery + " HTTP/1.1\r\n"
                + "Host: " + url.Authority + "\r\n"
                + "Connection: Upgrade, close\r\n"
                + "Upgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 0\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Protocol: " + string.Join(", ", request.Subprotocols) + "\r\n"
                + "\r\n";
        }

        static async Task<HttpAnswer> ReadAnswer(Stream stream)
        {
            var buffer = new byte[LongestAnswer];
            var answer = new HttpAnswer(buffer, 0);
            try
            {
                int read;
                do
                {
                    read = await stream.ReadAsync(buffer, answer.Length, buffer.Length - answer.Length)
                        .ConfigureAwait(false);
                    answer = new HttpAnswer(buffer, answer.Length + read);
                }
                while (read > 0 && !answer.IsWhole);
            }
            catch (Exception)
            {
                // The deadline passed or the server closed: the part received may be enough.
            }
            return answer;
        }
    }
}
