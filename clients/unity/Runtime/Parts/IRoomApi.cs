using System;

namespace Streamario
{
    /// <summary>The answer to a request; if none came, Status is 0, and Text says why.</summary>
    sealed class ApiAnswer
    {
        public readonly int Status;
        public readonly string Text;

        public ApiAnswer(int status, string text)
        {
            Status = status;
            Text = text;
        }

        public bool IsOk => Status == 200;

        /// <summary>Why it is not OK. What answers may be something in between: then the code is the HTTP
        /// status.</summary>
        public Refusal Refusal(IJson json)
        {
            if (Status == 0) return new Refusal { code = "no_answer", detail = "no answer." };
            var refusal = Read(json);
            return refusal == null || string.IsNullOrEmpty(refusal.code)
                ? new Refusal { code = "HTTP " + Status }
                : refusal;
        }

        Refusal Read(IJson json)
        {
            try
            {
                return json.Parse<Refusal>(Text);
            }
            catch (Exception problem) when (problem is ArgumentException || problem is FormatException)
            {
                return null;
            }
        }
    }

    /// <summary>The server's REST interface, without the origin: over the network, or the loopback's.</summary>
    interface IRoomApi
    {
        /// <summary>Sends a request. <c>done</c> is called once, in this call or in a later Tick.</summary>
        /// <param name="body">JSON; null for a GET.</param>
        /// <param name="token">The room's token; empty where none is needed.</param>
        void Send(string path, string body, string token, Action<ApiAnswer> done);

        /// <summary>Passes on the answers that have arrived.</summary>
        void Tick();
    }
}
