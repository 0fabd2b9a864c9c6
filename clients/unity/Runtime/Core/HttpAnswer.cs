using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Streamario
{
    /// <summary>An HTTP answer as far as it has come, read for why it refuses.</summary>
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
            // A character for each byte: the head has no others, and lengths count bytes.
            var text = Encoding.ASCII.GetString(bytes, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var start = end < 0 ? length : end + 4;
            _head = text.Substring(0, start);
            _body = Encoding.UTF8.GetString(bytes, start, length - start);
            IsWhole = end >= 0 && HasBody(length - start);
        }

        /// <summary>The bytes that have come.</summary>
        public int Length { get; }

        /// <summary>Whether the answer says by itself that it ends here. A connection may stay open
        /// behind it.</summary>
        public bool IsWhole { get; }

        /// <summary>The refusal; null where it is none, or no HTTP.</summary>
        public SocketEvent AsRefusal()
        {
            var line = StatusLine.Match(_head);
            if (!line.Success) return null;
            var status = Number(line);
            // This time it would have been granted.
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
