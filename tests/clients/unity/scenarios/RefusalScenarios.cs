using System.Linq;
using System.Text;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class RefusalScenarios
    {
        public static void A_room_in_play_whose_token_has_expired_is_given_up_too()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringRefusal(403, "invalid_token");
            stage.Pass(2);
            Equal("ws://gateway/ws-unity?round_changes=true", stage.Socket.Request.Url);
            True(stage.Told.Contains("lost:invalid_token"), string.Join(" ", stage.Told));
        }

        public static void Where_refusals_have_no_status_a_saved_room_is_given_up_after_five_and_a_minute()
        {
            var stage = OfAnEarlierRun();
            stage.Step();
            RefuseFor(stage, 59);
            True(stage.Socket.Request.Url.Contains("OLD"), stage.Socket.Request.Url);
            RefuseFor(stage, 20);
            Equal("ws://gateway/ws-unity?round_changes=true", stage.Socket.Request.Url);
            True(stage.Told.Contains("lost:refused"), string.Join(" ", stage.Told));
            stage = OfAnEarlierRun();
            for (var attempt = 0; attempt < 5; attempt++)
            {
                stage.Step(20);
                True(stage.Socket.Request.Url.Contains("OLD"), stage.Socket.Request.Url);
                stage.Socket.BringRefusal(0);
                stage.Step();
            }
            stage.Step(20);
            Equal("ws://gateway/ws-unity?round_changes=true", stage.Socket.Request.Url);
            True(stage.Told.Contains("lost:refused"), string.Join(" ", stage.Told));
        }

        public static void Where_refusals_have_no_status_a_room_in_play_outlives_an_outage_and_not_more()
        {
            var stage = Stage.InRoom(2);
            stage.Socket.BringClose(1006);
            RefuseFor(stage, 300);
            while (stage.Client.State != ConnectionState.Connecting) stage.Step(0.1);
            stage.Socket.BringReady(2, 0);
            stage.Step();
            Equal(ConnectionState.Connected, stage.Client.State);
            stage.Socket.BringClose(1006);
            RefuseFor(stage, 590);
            True(stage.Socket.Request.Url.Contains("room_id=R"), stage.Socket.Request.Url);
            RefuseFor(stage, 40);
            Equal("ws://gateway/ws-unity?round_changes=true", stage.Socket.Request.Url);
            True(stage.Told.Contains("lost:refused"), string.Join(" ", stage.Told));
        }

        public static void A_server_that_is_not_there_costs_no_room_however_long()
        {
            var stage = OfAnEarlierRun();
            stage.Step();
            for (var until = stage.Now + 3600; stage.Now < until; stage.Step(0.5))
                if (stage.Client.State == ConnectionState.Connecting) stage.Socket.BringClose(1006);
            True(stage.Socket.Request.Url.Contains("OLD"), stage.Socket.Request.Url);
        }

        /// <summary>Refuses every attempt, with what a browser reports.</summary>
        static void RefuseFor(Stage stage, double seconds)
        {
            for (var until = stage.Now + seconds; stage.Now < until; stage.Step(0.1))
            {
                var asks = stage.Client.State == ConnectionState.Connecting;
                if (asks && stage.Socket.Request.Url.Contains("room_id")) stage.Socket.BringRefusal(0);
            }
        }

        public static void An_answer_is_whole_where_its_head_says_so()
        {
            const string Body = "{\"code\":\"room_over\",\"detail\":\"花火\"}";
            var size = Encoding.UTF8.GetByteCount(Body);
            var sized = "HTTP/1.1 404 Not Found\r\ncontent-length: " + size + "\r\n\r\n" + Body;
            var chunked = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
                + size.ToString("x") + "\r\n" + Body + "\r\n0\r\n\r\n";
            foreach (var whole in new[] { sized, chunked })
            {
                True(Answer(whole).IsWhole, whole);
                Equal("room_over", Answer(whole).AsRefusal().Problem);
                Equal("花火", Answer(whole).AsRefusal().Text);
                for (var length = 0; length < whole.Length; length++)
                    True(!Answer(whole.Substring(0, length)).IsWhole, "whole after " + length);
            }
        }

        public static void An_answer_that_was_cut_off_tells_what_has_come()
        {
            var cut = Answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 4\r\n\r\n{\"code\":\"drai");
            Equal(503, cut.AsRefusal().Status);
            Equal(4.0, cut.AsRefusal().RetryAfter);
            Equal("", cut.AsRefusal().Problem);
            Equal(null, Answer("").AsRefusal());
            Equal(null, Answer("HTTP/1.1 426 Upgrade Required\r\n\r\n").AsRefusal());
        }

        static HttpAnswer Answer(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return new HttpAnswer(bytes, bytes.Length);
        }

        /// <summary>A client that was just opened, with a room of an earlier run.</summary>
        static Stage OfAnEarlierRun()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom
            {
                server = "ws://gateway/ws-unity", room_id = "OLD", room_token = "T", epoch = 1, last_seq = 4,
            };
            stage.Client.Open();
            return stage;
        }
    }
}
