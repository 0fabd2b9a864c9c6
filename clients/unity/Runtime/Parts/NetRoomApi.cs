using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Text;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>The server's REST interface over the network, without Unity.</summary>
    /// <remarks>Not UnityWebRequest, which refuses http:// by default from Unity 2022 on, except to localhost. Not
    /// HttpClient, of which a project with API level .NET Framework has no reference.</remarks>
    sealed class NetRoomApi : IRoomApi
    {
        const int Timeout = 10000; // ms
        const int Connections = 32;

        readonly ConcurrentQueue<Action> _arrived = new ConcurrentQueue<Action>();
        readonly string _origin;

        /// <param name="origin">As http://host:port.</param>
        public NetRoomApi(string origin)
        {
            _origin = origin;
        }

        public void Send(string path, string body, string token, Action<ApiAnswer> done)
        {
            // A thread of its own: those of the pool are few, and serve the game's socket.
            Task.Factory.StartNew(() =>
            {
                var answer = Answer(path, body, token);
                _arrived.Enqueue(() => done(answer));
            }, TaskCreationOptions.LongRunning);
        }

        public void Tick()
        {
            Action next;
            while (_arrived.TryDequeue(out next)) next();
        }

        ApiAnswer Answer(string path, string body, string token)
        {
            try
            {
                return Read(Request(path, body, token));
            }
            catch (WebException problem)
            {
                var answer = problem.Response as HttpWebResponse;
                return answer == null ? new ApiAnswer(0, problem.Message) : Read(answer);
            }
            catch (Exception problem) when (problem is IOException || problem is UriFormatException)
            {
                return new ApiAnswer(0, problem.Message);
            }
        }

        HttpWebResponse Request(string path, string body, string token)
        {
            var request = WebRequest.CreateHttp(_origin + path);
            request.Timeout = request.ReadWriteTimeout = Timeout;
            // Looking for a proxy takes seconds on some computers.
            if (request.RequestUri.IsLoopback) request.Proxy = null;
            request.ServicePoint.ConnectionLimit = Connections;
            request.AllowAutoRedirect = token == ""; // the token is for this origin alone
            if (token != "") request.Headers["Authorization"] = "Bearer " + token;
            if (body != null) Write(request, Encoding.UTF8.GetBytes(body));
            return (HttpWebResponse)request.GetResponse();
        }

        static void Write(HttpWebRequest request, byte[] body)
        {
            request.Method = "POST";
            request.ContentType = "application/json";
            request.ContentLength = body.Length;
            using (var stream = request.GetRequestStream()) stream.Write(body, 0, body.Length);
        }

        static ApiAnswer Read(HttpWebResponse answer)
        {
            using (answer)
            using (var reader = new StreamReader(answer.GetResponseStream(), Encoding.UTF8))
                return new ApiAnswer((int)answer.StatusCode, reader.ReadToEnd());
        }
    }
}
