using System;

namespace Streamario
{
    /// <summary>A problem that the game's developer should know about.</summary>
    public sealed class Problem
    {
        /// <summary>A stable code: the gateway's error code, handler_failed or bad_message.</summary>
        public readonly string Code;
        public readonly string Message;

        /// <summary>The exception, or null.</summary>
        public readonly Exception Exception;

        public Problem(string code, string message, Exception exception = null)
        {
            Code = code;
            Message = message;
            Exception = exception;
        }

        public override string ToString() => Code + ": " + Message;
    }
}
