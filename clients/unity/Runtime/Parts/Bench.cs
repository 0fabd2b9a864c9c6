using System;

namespace Streamario
{
    /// <summary>What the editor window does with a room: its buttons, "fire", and a crowd.</summary>
    sealed class Bench
    {
        readonly IRoomApi _api;
        readonly IJson _json;
        readonly Func<double> _random;

        public Bench(IRoomApi api, IJson json, Func<double> random)
        {
            _api = api;
            _json = json;
            _random = random;
            Board = new ButtonBoard(api, json, random);
        }

        public ButtonBoard Board { get; }

        /// <summary>The crowd of now, or the last one; null before the first.</summary>
        public Crowd Crowd { get; private set; }

        public bool HasCrowd => Crowd != null && !Crowd.IsOver;

        /// <summary>What came of the last thing done, for people.</summary>
        public string Said { get; private set; } = "";

        public void Tick(double now, string room)
        {
            _api.Tick();
            Board.Tick(now, room);
            if (Crowd != null) Crowd.Tick(now);
        }

        /// <summary>Fires a button at once, as the streamer's own press.</summary>
        public void Fire(string room, string token, string eventType)
        {
            var body = _json.Write(new FireBody { event_type = eventType });
            _api.Send("/api/rooms/" + Uri.EscapeDataString(room) + "/fire", body, token, answer =>
                Said = answer.IsOk ? "Fired " + eventType + "." : "Not fired: " + Why(answer));
        }

        /// <summary>Lets viewers come and press; those of before stop.</summary>
        public void Invite(string room, int viewers, double seconds)
        {
            Disperse();
            Crowd = new Crowd(_api, _json, room, viewers, seconds, _random);
        }

        public void Disperse()
        {
            if (Crowd != null) Crowd.Stop();
        }

        string Why(ApiAnswer answer)
        {
            var refusal = answer.Refusal(_json);
            return string.IsNullOrEmpty(refusal.detail) ? refusal.code : refusal.detail;
        }
    }
}
