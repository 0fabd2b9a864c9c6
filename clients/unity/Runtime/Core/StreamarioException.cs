using System;

namespace Streamario
{
    /// <summary>What an awaited call throws: the server refused it, or the client has stopped.</summary>
    public sealed class StreamarioException : Exception
    {
        /// <summary>A stable code such as invalid_game_key, replaced or rate_limited.</summary>
        public readonly string Code;

        /// <summary>Why the client stopped; ConnectionDetail.None if the server refused a
        /// command.</summary>
        public readonly ConnectionDetail Detail;

        public StreamarioException(ConnectionDetail detail) : base(detail.Message)
        {
            Code = detail.Code;
            Detail = detail;
        }

        public StreamarioException(string code, string message) : base(message)
        {
            Code = code;
            Detail = ConnectionDetail.None;
        }
    }
}
