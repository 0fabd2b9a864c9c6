using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Streamario
{
    /// <summary>The received part of an HTTP response, parsed for the reason of a refusal.</summary>
    sealed class HttpAnswer
    {
        const int UpgradeRequired = 426;

        static readonly Regex StatusLine = new Regex(@"\AHTTP/1\.[01] (\d{3})");
        static readonly Regex ContentLength = new Regex(@"(?im)^Content-Length:\s*(\d{1,9})\s*$");
        static readonly Regex Chunked = new Regex(@"(?im)^Transfer-Encoding:.*\bchunked\s*$");
        static readonly Regex RetryAfter = new Regex(@"(?im)^Retry-After:\s*(\d{1,9})\s*$");
        static readonly Regex Code = new Regex("\"code\":\\s*\"(\\w+)\"");
        static readonly Regex Detail = new Regex("\"detail\":\\s*\"([^\"\\\\]*)\"");

        readonly string _head;
        readonly string _body;

        public HttpAnswer(byte[] bytes, int length)
        {
            Length = length;
            // ASCII gives one character per byte, so that lengths count bytes.
            var text = Encoding.ASCII.GetString(bytes, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var start = end < 0 ? length : end + 4;
            _head = text.Substring(0, start);
            _body = Encoding.UTF8.GetString(bytes, start, length - start);
            IsWhole = end >= 0 && HasBody(length - start);
        }

        /// <summary>The bytes received.</summary>
        public int Length { get; }

        /// <summary>Whether the response is complete by its own length. The connection may stay open after
        /// it.</summary>
        public bool IsWhole { get; }

        /// <summary>The refusal; null if the response is none, or is not HTTP.</summary>
        public SocketEvent AsRefusal()
        {
            var line = StatusLine.Match(_head);
            if (!line.Success) return null;
            var status = Number(line);
            // Apart from its version, this handshake would have been accepted.
            if (status == UpgradeRequired) return null;
            var seconds = RetryAfter.Match(_head);
            return new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Refused = true,
                Status = status,
                Problem = Code.Match(_body).Groups[1].Value,
                Text = Sentence(status),
                RetryAfter = seconds.Success ? Number(seconds) : 0,
            };
        }

        bool HasBody(int came)
        {
            if (Chunked.IsMatch(_head)) return _body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
            var length = ContentLength.Match(_head);
            return length.Success && came >= Number(length);
        }

        string Sentence(int status)
        {
            var detail = Detail.Match(_body);
            return detail.Success ? detail.Groups[1].Value : "The server answers " + status + ".";
        }

        static int Number(Match match)
        {
            return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        }
    }
}
