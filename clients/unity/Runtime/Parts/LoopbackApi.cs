using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The routes of the server's REST interface that the package uses, for the loopback's
    /// room.</summary>
    sealed class LoopbackApi : IRoomApi
    {
        const string Rooms = "/api/rooms/" + LoopbackRoom.Id;
        const string UnknownButton = "unknown_event_type";

        readonly LoopbackServer _server;
        readonly IJson _json;
        readonly Func<double> _clock;
        readonly Dictionary<string, Func<string, ApiAnswer>> _routes;
        int _viewers;

        public LoopbackApi(LoopbackServer server, IJson json, Func<double> clock)
        {
            _server = server;
            _json = json;
            _clock = clock;
            _routes = new Dictionary<string, Func<string, ApiAnswer>>
            {
                { Rooms, body => Ok(Info()) },
                { Rooms + "/stats", body => Ok(Stats()) },
                { Rooms + "/fire", body => Fire(_json.Parse<FireBody>(body)) },
                { Rooms + "/join", body => Join(_json.Parse<ViewerBody>(body)) },
                { Rooms + "/events", body => Press(_json.Parse<PressBatch>(body)) },
                { "/api/viewers", body => Ok(new ViewerBody { viewer_id = "viewer" + ++_viewers }) },
            };
        }

        LoopbackRoom Room => _server.Room;

        public void Send(string path, string body, string token, Action<ApiAnswer> done)
        {
            Func<string, ApiAnswer> route;
            done(_routes.TryGetValue(path, out route) ? route(body) : No(404, "not_found"));
        }

        public void Tick()
        {
            _server.CountViewers();
        }

        RoomInfo Info()
        {
            var buttons = new List<ButtonLook>();
            foreach (var button in Room.Buttons) buttons.Add(button.Look);
            return new RoomInfo
            {
                id = LoopbackRoom.Id,
                status = Room.Status,
                round = Room.Round,
                code = "NO SERVER",
                settings = new RoomLook { title = Room.Title, buttons = buttons.ToArray() },
            };
        }

        RoomStats Stats()
        {
            var stats = new List<ButtonStat>();
            foreach (var button in Room.Buttons) stats.Add(Stat(button));
            return new RoomStats
            {
                room_id = LoopbackRoom.Id,
                viewer_count = Room.Viewers(_clock()),
                stats = stats.ToArray(),
            };
        }

        ButtonStat Stat(LoopbackButton button)
        {
            var needed = Room.Needed(button, _clock());
            return new ButtonStat
            {
                event_type = button.Look.event_type,
                current_count = button.Count,
                required_count = needed,
                progress = Math.Min(1, (double)button.Count / needed),
                enabled = button.Look.enabled,
                available = button.IsAvailable,
                reason = button.Reason,
            };
        }

        ApiAnswer Fire(FireBody fire)
        {
            if (Room.Find(fire.event_type) == null) return No(400, UnknownButton);
            var problem = Room.FireNow(fire.event_type, _clock());
            return problem == "" ? Ok(Stats()) : No(409, problem);
        }

        ApiAnswer Join(ViewerBody viewer)
        {
            Room.Join(viewer.viewer_id, _clock());
            return Ok(viewer);
        }

        ApiAnswer Press(PressBatch batch)
        {
            if (Room.Status == "active") return No(409, "game_not_started");
            if (!Room.InRound) return Ok(new PressAnswer { game_over = true });
            foreach (var presses in batch.push_events)
                if (Room.Find(presses.button_name) == null) return No(400, UnknownButton);
            var answer = new PressAnswer();
            foreach (var presses in batch.push_events)
            {
                var counted = Room.Press(
                    batch.viewer_id, batch.viewer_name, presses.button_name, presses.push_count, _clock());
                answer.accepted += counted;
                answer.rejected += presses.push_count - counted;
            }
            return Ok(answer);
        }

        ApiAnswer Ok<T>(T body)
        {
            return new ApiAnswer(200, _json.Write(body));
        }

        ApiAnswer No(int status, string code)
        {
            var refusal = new Refusal { code = code, detail = code.Replace('_', ' ') + "." };
            return new ApiAnswer(status, _json.Write(refusal));
        }
    }
}
