using System;
using System.Text;
using UnityEngine;
using UnityEngine.Networking;

namespace Streamario
{
    /// <summary>The server's REST interface through the browser. The page's origin must be one that the
    /// server allows.</summary>
    sealed class WebGLRoomApi : IRoomApi
    {
        const int Timeout = 10; // s

        readonly string _origin;

        public WebGLRoomApi(string origin)
        {
            _origin = origin;
        }

        public void Send(string path, string body, string token, Action<ApiAnswer> done)
        {
            var request = Request(path, body, token);
            AsyncOperation sending;
            try
            {
                sending = request.SendWebRequest();
            }
            catch (InvalidOperationException problem)
            {
                // From Unity 2022 on, of http:// that the project does not allow.
                request.Dispose();
                done(new ApiAnswer(0, problem.Message));
                return;
            }
            sending.completed += _ => done(Answer(request));
        }

        /// <summary>Does nothing: Unity passes answers on by itself.</summary>
        public void Tick()
        {
        }

        UnityWebRequest Request(string path, string body, string token)
        {
            var request = new UnityWebRequest(_origin + path, body == null ? "GET" : "POST");
            request.downloadHandler = new DownloadHandlerBuffer();
            if (body != null) request.uploadHandler = new UploadHandlerRaw(Encoding.UTF8.GetBytes(body));
            request.timeout = Timeout;
            if (token == "") return request;
            request.redirectLimit = 0; // the token is for this origin alone
            request.SetRequestHeader("Authorization", "Bearer " + token);
            return request;
        }

        static ApiAnswer Answer(UnityWebRequest request)
        {
            using (request)
            {
                var status = (int)request.responseCode;
                var text = status == 0 ? request.error : request.downloadHandler.text;
                return new ApiAnswer(status, text ?? "");
            }
        }
    }
}
