using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Streamario.Tests
{
    /// <summary>Plays one game and prints what came, without a server, or with one: GATEWAY API.</summary>
    sealed class Rehearsal
    {
        const int Frame = 10; // ms

        static readonly Stopwatch Clock = Stopwatch.StartNew();

        readonly PlainJson _json = new PlainJson();
        readonly List<ViewerTrigger> _triggers = new List<ViewerTrigger>();
        readonly List<RoundUpdate> _rounds = new List<RoundUpdate>();
        readonly List<string> _errors = new List<string>();
        readonly GameClient _game;
        readonly IRoomApi _api;
        readonly RunStore _store = new RunStore();
        readonly string _sender = Guid.NewGuid().ToString("N");
        string _viewer = "";
        int _batches;
        GameEndSummary _summary;

        Rehearsal(string[] arguments)
        {
            var loopback = new LoopbackServer(_json, Now);
            var isLoopback = arguments.Length == 0;
            _api = isLoopback ? (IRoomApi)new LoopbackApi(loopback, _json, Now) : new NetRoomApi(arguments[1]);
            var options = new ClientOptions { Server = isLoopback ? "loopback" : arguments[0] };
            var sockets = isLoopback ? (Func<ISocket>)loopback.Socket : () => new NativeSocket();
            _game = new GameClient(options, sockets, _json, _store, () => 0.5);
            _game.Trigger += _triggers.Add;
            _game.RoundChanged += _rounds.Add;
            _game.Error += problem => _errors.Add(problem.Code);
        }

        static void Main(string[] arguments)
        {
            new Rehearsal(arguments).Play();
        }

        void Play()
        {
            _game.Open();
            Until(() => _rounds.Count == 1);
            Say("opened, round " + Told());
            _viewer = _json.Parse<ViewerBody>(Ask("/api/viewers", "{}").Text).viewer_id;
            Say("before the round: " + Press("skill1", 3));
            _game.EndRound();
            Until(() => _errors.Count == 1);
            Say("ended what had not begun: " + _errors[0]);
            _game.StartRound();
            Until(() => _rounds.Count == 2);
            Say("started, round " + Told());
            PlayButtons();
            PlayPause();
            PlayAvailability();
            PlayEnd();
        }

        void PlayButtons()
        {
            Say("three: " + Press("skill1", 3) + ", " + Stat("skill1"));
            Say("seven: " + Press("skill1", 4) + ", " + Trigger(1) + ", " + Stat("skill1"));
            _game.Failed(_triggers[0], "no");
            Until(() => Stat("skill1") == "7/5");
            _game.Failed(_triggers[0], "no");
            _game.Done(_triggers[0]);
            Say("given back: " + Press("skill1", 1) + ", " + Trigger(2) + ", " + Stat("skill1"));
            Say("no such button: " + Press("skill9", 1));
            Say("the streamer: " + Fire("enemy3"));
            Say("comes as " + Trigger(3) + ", " + Stat("enemy3"));
        }

        void PlayPause()
        {
            _game.Pause();
            Until(() => _rounds.Last().paused);
            Say("paused, round " + Told() + ", fire: " + Fire("enemy1"));
            Say("nine: " + Press("enemy1", 9) + ", " + Stat("enemy1"));
            _game.Resume();
            Until(() => !_rounds.Last().paused);
            Say("one: " + Press("enemy1", 1) + ", " + Trigger(4) + ", " + Stat("enemy1"));
            _game.Pause();
            _game.Resume(discard: true);
            Press("enemy2", 0);
            Until(() => Stat("enemy1") == "0/5");
            Say("discarded");
        }

        void PlayAvailability()
        {
            _game.Unavailable("skill2", "asleep");
            Until(() => !Find("skill2").available);
            Say("unavailable: " + Find("skill2").reason + ", " + Press("skill2", 2) + ", fire: " + Fire("skill2"));
            _game.Available("skill2");
            Until(() => Find("skill2").available);
            Say("available: " + Press("skill2", 2));
        }

        void PlayEnd()
        {
            _game.EndRound(summary => _summary = summary);
            Until(() => _summary != null && _rounds.Last().status == "ended");
            Say("ended, round " + Told());
            var tops = _summary.top_by_button.OrderBy(top => top.event_type);
            Say("tops " + string.Join(" ", tops.Select(top => top.event_type + ":" + top.count + top.viewer_name)));
            Say("teams " + _summary.team_tops.skill.count + " " + _summary.team_tops.enemy.count + " "
                + _summary.team_tops.all.count + " " + _summary.top_overall.viewer_name);
            var totals = _summary.event_totals.Where(total => total.count > 0).OrderBy(total => total.event_type);
            Say("totals " + string.Join(" ", totals.Select(total => total.event_type + ":" + total.count)));
            Say("after the end: " + Press("skill1", 1));
            _game.StartRound();
            Until(() => _rounds.Last().status == "in_game");
            Say("again, round " + Told() + ", " + Stat("skill1"));
            Say("errors " + string.Join(" ", _errors));
        }

        string Told()
        {
            var round = _rounds.Last();
            return round.round + " " + round.status + (round.paused ? " paused" : "") + " in " + _game.InRound;
        }

        string Press(string eventType, int presses)
        {
            var counts = new PressCount { button_name = eventType, push_count = presses };
            var batch = new PressBatch
            {
                viewer_id = _viewer,
                viewer_name = "Mika",
                batch_id = _sender + "#" + ++_batches,
                batch_no = _batches,
                push_events = presses == 0 ? new PressCount[0] : new[] { counts },
            };
            var answer = Ask(Room + "/events", _json.Write(batch));
            if (!answer.IsOk) return answer.Status + " " + _json.Parse<Refusal>(answer.Text).code;
            var counted = _json.Parse<PressAnswer>(answer.Text);
            return counted.game_over ? "over" : counted.accepted + " accepted, " + counted.rejected + " rejected";
        }

        string Fire(string eventType)
        {
            var answer = Ask(Room + "/fire", _json.Write(new FireBody { event_type = eventType }));
            return answer.IsOk ? "fired" : answer.Status + " " + _json.Parse<Refusal>(answer.Text).code;
        }

        string Trigger(int number)
        {
            Until(() => _triggers.Count >= number);
            var last = _triggers[number - 1];
            return last.seq + ": " + last.event_type + " " + last.trigger_count + " by " + last.viewer_name
                + ", people " + last.people + ", of " + last.viewer_count + (last.room_id == _game.RoomId ? "" : " elsewhere");
        }

        string Stat(string eventType)
        {
            var stat = Find(eventType);
            return stat.current_count + "/" + stat.required_count;
        }

        ButtonStat Find(string eventType)
        {
            var stats = _json.Parse<RoomStats>(Ask(Room + "/stats", null).Text);
            return stats.stats.Single(stat => stat.event_type == eventType);
        }

        string Room => "/api/rooms/" + _game.RoomId;

        ApiAnswer Ask(string path, string body)
        {
            ApiAnswer answer = null;
            _api.Send(path, body, path.EndsWith("/fire") ? _store.Load().room_token : "", came => answer = came);
            Until(() => answer != null);
            return answer;
        }

        void Until(Func<bool> condition)
        {
            for (; !condition(); Thread.Sleep(Frame))
            {
                _game.Tick(Now());
                _api.Tick();
            }
        }

        static void Say(string text)
        {
            Console.WriteLine(text);
        }

        static double Now() => Clock.Elapsed.TotalSeconds;
    }
}
