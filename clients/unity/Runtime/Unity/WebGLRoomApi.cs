#if UNITY_WEBGL && !UNITY_EDITOR
using System;
using System.Text;
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
            var request = new UnityWebRequest(_origin + path, body == null ? "GET" : "POST");
            request.downloadHandler = new DownloadHandlerBuffer();
            if (body != null) request.uploadHandler = new UploadHandlerRaw(Encoding.UTF8.GetBytes(body));
            if (token != "") request.SetRequestHeader("Authorization", "Bearer " + token);
            request.timeout = Timeout;
            request.SendWebRequest().completed += operation =>
            {
                var answer = new ApiAnswer((int)request.responseCode, request.downloadHandler.text ?? "");
                request.Dispose();
                done(answer);
            };
        }

        /// <summary>Does nothing: Unity passes answers on by itself.</summary>
        public void Tick()
        {
        }
    }
}
#endif
