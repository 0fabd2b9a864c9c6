using System;
using System.Globalization;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>Asks once more after a handshake that failed, to learn with which HTTP status.</summary>
    /// <remarks>ClientWebSocket keeps the status to itself, and it makes the difference between "the room is
    /// gone", "the key is wrong" and "come back in a moment". The version asked for is none that exists
    /// (RFC 6455, section 4.4), so the answer is never a socket.</remarks>
    static class Inquiry
    {
        const int AnswerWithin = 5000;
        const int LongestAnswer = 64 * 1024;
        const int UpgradeRequired = 426;

        static readonly Regex StatusLine = new Regex(@"\AHTTP/1\.[01] (\d{3})");
        static readonly Regex RetryAfter = new Regex(@"(?im)^Retry-After:\s*(\d{1,9})\s*$");
        static readonly Regex Code = new Regex("\"code\":\\s*\"(\\w+)\"");
        static readonly Regex Detail = new Regex("\"detail\":\\s*\"([^\"\\\\]*)\"");

        /// <summary>The refusal; null where no HTTP server answers.</summary>
        public static async Task<SocketEvent> Ask(SocketRequest request, CancellationToken abort)
        {
            using (var client = new TcpClient())
            using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(abort))
            using (deadline.Token.Register(client.Close))
            {
                deadline.CancelAfter(AnswerWithin);
                try
                {
                    return Read(await Exchange(client, request).ConfigureAwait(false));
                }
                catch (Exception)
                {
                    // Then the handshake's own failure is what there is to report.
                    return null;
                }
            }
        }

        static async Task<string> Exchange(TcpClient client, SocketRequest request)
        {
            var url = new Uri(request.Url);
            await client.ConnectAsync(url.DnsSafeHost, url.Port).ConfigureAwait(false);
            using (var stream = await Secured(client.GetStream(), url).ConfigureAwait(false))
            {
                var head = Encoding.ASCII.GetBytes(Head(url, request));
                await stream.WriteAsync(head, 0, head.Length).ConfigureAwait(false);
                return await ReadAll(stream).ConfigureAwait(false);
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
                + "Connection: Upgrade\r\n"
                + "Upgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 0\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Protocol: " + string.Join(", ", request.Subprotocols) + "\r\n"
                + "\r\n";
        }

        static async Task<string> ReadAll(Stream stream)
        {
            var buffer = new byte[LongestAnswer];
            var length = 0;
            int read;
            do
            {
                read = await stream.ReadAsync(buffer, length, buffer.Length - length).ConfigureAwait(false);
                length += read;
            }
            while (read > 0 && length < buffer.Length);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }

        static SocketEvent Read(string answer)
        {
            var line = StatusLine.Match(answer);
            if (!line.Success) return null;
            var status = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
            // This time it would have been granted.
            if (status == UpgradeRequired) return null;
            var seconds = RetryAfter.Match(answer);
            return new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Refused = true,
                Status = status,
                Problem = Code.Match(answer).Groups[1].Value,
                Text = Sentence(answer, status),
                RetryAfter = seconds.Success
                    ? double.Parse(seconds.Groups[1].Value, CultureInfo.InvariantCulture)
                    : 0,
            };
        }

        static string Sentence(string answer, int status)
        {
            var detail = Detail.Match(answer);
            return detail.Success ? detail.Groups[1].Value : "The server answers " + status + ".";
        }
    }
}
