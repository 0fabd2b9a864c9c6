using System;
using System.Collections.Generic;
using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>The editor window's and the HUD's part without Unity: buttons, fire, crowd, toasts.</summary>
    static class BenchScenarios
    {
        /// <summary>An interface that answers when a scenario says so.</summary>
        internal sealed class SlowApi : IRoomApi
        {
            public readonly List<string> Asked = new List<string>();
            readonly List<Action<ApiAnswer>> _open = new List<Action<ApiAnswer>>();

            public void Send(string path, string body, string token, Action<ApiAnswer> done)
            {
                Asked.Add(path);
                _open.Add(done);
            }

            public void Tick()
            {
            }

            public void Answer(int status, string text)
            {
                var done = _open[0];
                _open.RemoveAt(0);
                done(new ApiAnswer(status, text.Replace('\'', '"')));
            }
        }

        const string Info = "{'id':'R','code':'K7PQ4M','settings':{'title':'Boss','buttons':["
            + "{'event_type':'skill1','enabled':true,'color':'#ff0000',"
            + "'labels':[{'lang':'ja','text':'剣'},{'lang':'en','text':'Sword'}]},"
            + "{'event_type':'off','enabled':false,'labels':[]},{'event_type':'plain','enabled':true,'labels':[]}]}}";

        static string Stats(string eventType = "skill1", int count = 3)
        {
            return "{'room_id':'R','viewer_count':2,'stats':[{'event_type':'" + eventType + "','current_count':" + count
                + ",'required_count':6,'progress':0.5,'enabled':true,'available':true,'reason':null}]}";
        }

        static ButtonBoard Board(SlowApi api, string language = "en")
        {
            var board = new ButtonBoard(api, new PlainJson(), () => 0.5) { Language = language };
            board.Tick(1, "R");
            api.Answer(200, Info);
            board.Tick(1, "R");
            api.Answer(200, Stats());
            return board;
        }

        public static void A_board_shows_the_rooms_code_and_its_enabled_buttons()
        {
            var api = new SlowApi();
            var board = Board(api);
            Same(api.Asked, "/api/rooms/R", "/api/rooms/R/stats");
            Equal("K7PQ4M", board.Code);
            Same(board.Buttons.Select(button => button.Label), "Sword", "plain");
            Equal(3, board.Buttons[0].Presses);
            Equal(6, board.Buttons[0].Needed);
            Equal(0.5, board.Buttons[0].Share);
            Equal("剣", Board(new SlowApi(), "ja").LabelOf("skill1"));
            Equal("unknown", board.LabelOf("unknown"));
        }

        public static void A_board_asks_once_a_second_and_never_twice_at_once()
        {
            var api = new SlowApi();
            var board = Board(api);
            board.Tick(1.9, "R");
            Equal(2, api.Asked.Count);
            for (var now = 2.1; now < 9; now += 0.1) board.Tick(now, "R");
            Equal(3, api.Asked.Count);
            api.Answer(200, Stats(count: 4));
            Equal(4, board.Buttons[0].Presses);
        }

        public static void A_button_that_is_new_brings_the_settings_anew()
        {
            var api = new SlowApi();
            var board = Board(api);
            board.Tick(3, "R");
            api.Answer(200, Stats("jump"));
            board.Tick(3.1, "R");
            Equal("/api/rooms/R", api.Asked.Last());
        }

        public static void A_server_that_fails_is_asked_again_ever_more_rarely_and_says_why_from_the_second_time_on()
        {
            var api = new SlowApi();
            var board = Board(api);
            Equal(3.0, Asked(api, board, 1));
            api.Answer(503, "");
            Equal("", board.Problem);
            Equal(4.3, Asked(api, board, 3));
            api.Answer(503, "");
            Equal("HTTP 503", board.Problem);
            Equal(2, board.Buttons.Count);
            for (var now = 4.3; now < 60;) Fail(api, board, ref now);
            var before = Asked(api, board, 60);
            api.Answer(0, "Insecure connection not allowed");
            Equal("Insecure connection not allowed", board.Problem);
            var after = Asked(api, board, before);
            True(after > before + 8 && after < before + 9, "1 s and half of 15 s later, not " + (after - before));
            api.Answer(200, Info);
            Equal("", board.Problem);
        }

        public static void An_answer_that_is_not_the_servers_is_a_failure()
        {
            var api = new SlowApi();
            var board = new ButtonBoard(api, new PlainJson(), () => 0.5);
            foreach (var text in new[] { "<html>Log in", "{}", "{'settings':{}}" })
            {
                Asked(api, board, 100 * api.Asked.Count);
                api.Answer(200, text);
            }
            Equal("no answer of Streamario", board.Problem);
            Equal(3, api.Asked.Count);
        }

        /// <summary>When a board asks next, looking from then on in steps of 0.1 s.</summary>
        static double Asked(SlowApi api, ButtonBoard board, double now)
        {
            var before = api.Asked.Count;
            for (now = Math.Max(now, 3); api.Asked.Count == before; now += 0.1) board.Tick(now, "R");
            return Math.Round(now - 0.1, 1);
        }

        static void Fail(SlowApi api, ButtonBoard board, ref double now)
        {
            now = Asked(api, board, now);
            api.Answer(503, "");
        }

        public static void An_answer_about_the_room_before_is_dropped()
        {
            var api = new SlowApi();
            var board = new ButtonBoard(api, new PlainJson(), () => 0.5);
            board.Tick(1, "R");
            board.Tick(2, "S");
            api.Answer(200, Info);
            Equal(0, board.Buttons.Count);
            Same(api.Asked, "/api/rooms/R", "/api/rooms/S");
            board.Tick(3, "");
            Equal(2, api.Asked.Count);
        }

        public static void Fire_reaches_the_game_at_once_and_its_refusal_is_told()
        {
            var stage = LoopbackStage.InRound();
            var bench = new Bench(stage.Api, stage.Json, () => 0.5);
            bench.Fire(stage.Game.RoomId, "loopback", "skill1");
            stage.Step();
            Equal("skill1", stage.Triggers.Single().event_type);
            Equal("Fired skill1.", bench.Said);
            stage.Game.Pause();
            bench.Fire(stage.Game.RoomId, "loopback", "skill1");
            Equal("Not fired: paused.", bench.Said);
        }

        public static void A_refusal_of_something_in_between_is_told_by_its_status()
        {
            var api = new SlowApi();
            var bench = new Bench(api, new PlainJson(), () => 0.5);
            bench.Fire("R", "T", "skill1");
            api.Answer(502, "<html>Bad Gateway");
            Equal("Not fired: HTTP 502", bench.Said);
            bench.Fire("R", "T", "skill1");
            api.Answer(0, "");
            Equal("Not fired: no answer.", bench.Said);
        }

        public static void A_crowd_comes_presses_and_goes()
        {
            var stage = LoopbackStage.InRound();
            var random = new Random(1);
            var bench = new Bench(stage.Api, stage.Json, random.NextDouble);
            bench.Invite(stage.Game.RoomId, 10, seconds: 5);
            Run(stage, bench, 3);
            Equal(10, bench.Crowd.Came);
            Equal(10, stage.Game.Viewers);
            True(bench.HasCrowd, "it presses");
            Run(stage, bench, 4);
            True(!bench.HasCrowd, "its time is over");
            True(bench.Crowd.Accepted > 20, bench.Crowd.ToString());
            Equal(bench.Crowd.Accepted, Counted(stage));
            True(stage.Triggers.Count > 0, "it fired");
            Equal("", bench.Crowd.Problem);
        }

        public static void A_crowd_waits_for_the_round_and_goes_with_it()
        {
            var stage = new LoopbackStage();
            var bench = new Bench(stage.Api, stage.Json, () => 0.5);
            bench.Invite(stage.Game.RoomId, 3, seconds: 100);
            Run(stage, bench, 5);
            Equal("game_not_started", bench.Crowd.Problem);
            Equal(0, bench.Crowd.Accepted);
            stage.Game.StartRound();
            Run(stage, bench, 5);
            True(bench.Crowd.Accepted > 0, "it presses");
            stage.Game.EndRound();
            Run(stage, bench, 3);
            True(!bench.HasCrowd, "it went");
        }

        public static void A_batch_without_an_answer_is_sent_again_as_it_was()
        {
            var api = new SlowApi();
            var crowd = new Crowd(api, new PlainJson(), "R", 1, 10, () => 0.5);
            crowd.Tick(1);
            api.Answer(200, Info);
            Step(crowd, api, "{'viewer_id':'V'}", 2);
            Step(crowd, api, "{'viewer_id':'V'}", 4);
            crowd.Tick(6);
            api.Answer(0, "");
            Equal("no_answer", crowd.Problem);
            var pressed = crowd.Pressed;
            Step(crowd, api, "{'accepted':" + pressed + ",'rejected':0}", 8);
            Equal(pressed, crowd.Pressed);
            Equal(pressed, crowd.Accepted);
            Equal(2, api.Asked.Count(path => path.EndsWith("/events")));
        }

        public static void A_crowd_of_a_room_that_is_gone_goes()
        {
            var api = new SlowApi();
            var crowd = new Crowd(api, new PlainJson(), "R", 1, 10, () => 0.5);
            crowd.Tick(1);
            api.Answer(404, "{'code':'room_not_found'}");
            True(crowd.IsOver, "it went");
            Equal("room_not_found", crowd.Problem);
        }

        public static void A_server_is_found_and_missed()
        {
            var api = new SlowApi();
            var search = new ServerSearch(api, 5);
            search.Tick(1);
            api.Answer(200, "{'status':'ok'}");
            True(search.IsFound, "it answers");
            search.Tick(2);
            Equal(1, api.Asked.Count);
            search.Tick(7);
            api.Answer(0, "");
            True(!search.IsFound, "it is gone");
        }

        public static void Toasts_go_after_their_time_and_the_next_ones_come()
        {
            var queue = new ToastQueue(2, 4);
            foreach (var text in new[] { "a", "b", "c" }) queue.Add(text);
            queue.Tick(10);
            Same(queue.Shown.Select(toast => toast.ToString()), "a", "b");
            queue.Add("b");
            queue.Add("c");
            queue.Tick(13.9);
            Same(queue.Shown.Select(toast => toast.ToString()), "a", "b ×2");
            queue.Tick(14);
            Same(queue.Shown.Select(toast => toast.ToString()), "c ×2");
        }

        public static void Of_a_flood_of_toasts_the_newest_wait()
        {
            var queue = new ToastQueue(1, 1);
            for (var i = 0; i < 100; i++) queue.Add("line " + i);
            queue.Tick(0);
            Same(queue.Shown.Select(toast => toast.ToString()), "line 80");
        }

        static void Run(LoopbackStage stage, Bench bench, double seconds)
        {
            for (var until = stage.Now + seconds; stage.Now < until;)
            {
                stage.Step();
                bench.Tick(stage.Now, stage.Game.RoomId);
            }
        }

        static void Step(Crowd crowd, SlowApi api, string answer, double now)
        {
            crowd.Tick(now);
            api.Answer(200, answer);
        }

        static int Counted(LoopbackStage stage)
        {
            return stage.Server.Room.Buttons.Sum(button => button.Pressers.Values.Sum(presser => presser.count));
        }
    }
}
