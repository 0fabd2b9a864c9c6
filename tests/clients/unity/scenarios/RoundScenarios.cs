using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class RoundScenarios
    {
        public static void What_is_said_before_the_room_is_there_is_said_when_it_is_in_order()
        {
            var stage = new Stage();
            stage.Client.Open();
            stage.Client.StartRound();
            stage.Client.ChangeSettings("{}");
            stage.Client.ChangeSettings(" {\"title\":\"x\"} ");
            stage.Client.Pause();
            stage.Client.Resume();
            stage.Step();
            stage.Socket.BringRoom();
            stage.Step();
            Same(
                stage.Socket.Sent,
                "{\"type\":\"game_start\"}",
                "{\"type\":\"settings\"}",
                "{\"type\":\"settings\",\"title\":\"x\"}",
                "{\"type\":\"pause\"}",
                "{\"discard\":false,\"type\":\"resume\"}",
                "{\"t\":1,\"type\":\"ping\"}");
        }

        public static void What_a_handler_says_when_the_room_is_there_is_said_once_and_after_what_waited()
        {
            var stage = new Stage();
            stage.Client.ConnectionChanged += (state, why) =>
            {
                if (state == ConnectionState.Connected) stage.Client.Pause();
            };
            stage.Client.RoomOpened += room => stage.Client.Resume();
            stage.Client.Open();
            stage.Client.StartRound();
            stage.Step();
            stage.Socket.BringRoom();
            stage.Step();
            Same(
                stage.Socket.Sent.Where(text => !text.Contains("ping")),
                "{\"type\":\"game_start\"}",
                "{\"type\":\"pause\"}",
                "{\"discard\":false,\"type\":\"resume\"}");
            True(stage.Client.InRound, "a round that was asked for is on its way");
        }

        public static void An_end_is_not_said_to_a_round_that_has_ended_meanwhile()
        {
            var stage = Stage.InRoom();
            stage.Client.EndRound();
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(1, 1, status: "ended");
            stage.Socket.BringSummary(1);
            stage.Step();
            Equal(0, stage.Sent("game_end").Count);
            Equal(1, stage.Told.Count(told => told == "round_ended"));
        }

        public static void What_was_meant_for_a_round_that_has_ended_is_dropped_and_what_follows_is_not()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringClose(1006);
            stage.Step();
            stage.Client.Pause();
            stage.Client.ChangeSettings("{\"title\":\"x\"}");
            stage.Client.StartRound();
            stage.Client.Resume();
            stage.Pass(1);
            stage.Socket.BringReady(0, 0, status: "ended");
            stage.Step();
            Same(
                stage.Socket.Sent.Take(3),
                "{\"type\":\"settings\",\"title\":\"x\"}",
                "{\"type\":\"game_start\"}",
                "{\"discard\":false,\"type\":\"resume\"}");
        }

        public static void An_end_of_no_round_is_answered_at_once()
        {
            var stage = Stage.InRoom();
            var answers = 0;
            stage.Client.EndRound(summary => answers++);
            stage.Socket.BringError("game_not_started");
            stage.Step();
            Equal(1, answers);
            True(stage.Told.Contains("error:game_not_started"), string.Join(" ", stage.Told));
        }

        public static void A_pause_ends_with_its_round_though_the_next_begins_before_the_summary()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Client.Pause();
            stage.Client.StartRound();
            True(stage.Client.Paused, "that round runs already");
            stage.Client.EndRound();
            stage.Client.StartRound();
            stage.Socket.BringSummary(1);
            stage.Step();
            True(stage.Client.InRound && !stage.Client.Paused, "the next round runs");
            stage.Client.Pause();
            stage.Socket.BringClose(1006);
            stage.Step();
            stage.Client.EndRound();
            stage.Client.StartRound();
            True(!stage.Client.Paused, "offline too");
        }

        public static void A_summary_that_waits_is_kept_over_a_restart_and_not_told_again()
        {
            var first = Stage.InRoom(1);
            first.Socket.BringSummary(2);
            first.Step();
            first.Client.Close();
            var second = new Stage();
            second.Store.Room = first.Store.Room;
            second.Client.Open();
            second.Step();
            True(second.Socket.Request.Url.EndsWith("last_seq=1"), second.Socket.Request.Url);
            second.Socket.BringReady(2, 1, status: "ended");
            second.Socket.BringSummary(2);
            second.Step();
            Same(second.Told, "Connecting", "Connected", "resumed");
        }

        public static void What_was_not_acknowledged_before_a_summary_comes_again_after_a_restart()
        {
            var first = Stage.InRoom(4, Manually);
            first.Client.Acknowledge(new ViewerTrigger { room_id = "R", epoch = 1, seq = 2 });
            first.Socket.BringSummary(5);
            first.Step();
            first.Client.Close();
            var second = new Stage();
            Manually(second);
            second.Store.Room = first.Store.Room;
            second.Client.Open();
            second.Step();
            second.Socket.BringReady(5, 3, status: "ended");
            Replay(second);
            second.Socket.BringClose(1006);
            second.Pass(1);
            second.Socket.BringReady(5, 3, status: "ended");
            Replay(second);
            Same(second.Triggers, 3L, 4L);
            True(!second.Told.Any(told => told.StartsWith("gap") || told == "round_ended"), "all of it was in order");
        }

        public static void A_summary_that_waits_over_a_restart_is_told_apart_from_what_is_missing_before_it()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom
            {
                server = "ws://gateway/ws-unity", room_id = "R", room_token = "T", epoch = 1, last_seq = 2, summary_seq = 5,
            };
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringReady(5, 1, status: "ended");
            stage.Socket.Bring("{'type':'gap','epoch':1,'last_seq':4}");
            stage.Socket.BringSummary(5);
            stage.Step();
            stage.Client.Leave();
            Same(stage.Told.Skip(3).Take(1), "gap:1/4");
            True(!stage.Told.Contains("round_ended"), "the earlier run was told");
            Equal(Ack(5), stage.Sent("ack").Last());
        }

        public static void A_summary_of_an_earlier_run_is_not_told_again_where_the_next_round_runs_already()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom
            {
                server = "ws://gateway/ws-unity", room_id = "R", room_token = "T", epoch = 1, last_seq = 1, summary_seq = 2,
            };
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringReady(3, 2, round: 2);
            stage.Socket.BringSummary(2);
            stage.Socket.BringTrigger(3);
            stage.Step();
            Same(stage.Triggers, 3L);
            True(!stage.Told.Contains("round_ended"), "the earlier run was told");
        }

        static void Manually(Stage stage) => stage.Options.Acknowledgement = Acknowledgement.Manual;

        static void Replay(Stage stage)
        {
            stage.Socket.BringTrigger(3);
            stage.Socket.BringTrigger(4);
            stage.Socket.BringSummary(5);
            stage.Step();
        }

        public static void Leaving_acknowledges_the_summary_and_forgets_the_room()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringSummary(1);
            stage.Step();
            stage.Client.Leave();
            Same(stage.Sent("ack"), Ack(1));
            Equal(1000, stage.Socket.ClosedWith);
            Equal(null, stage.Store.Room);
        }

        public static void With_manual_acknowledgement_a_summary_waits_for_what_came_before_it()
        {
            var stage = Stage.InRoom(2, s => s.Options.Acknowledgement = Acknowledgement.Manual);
            stage.Socket.BringSummary(3);
            stage.Step();
            stage.Client.StartRound();
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Pass(1);
            Same(stage.Sent("ack"));
            stage.Client.Acknowledge(new ViewerTrigger { room_id = "R", epoch = 1, seq = 2 });
            stage.Step();
            Same(stage.Sent("ack"), Ack(3));
        }

        public static void Null_objects_that_JsonUtility_makes_empty_ones_are_told_from_real_ones()
        {
            var empty = new TeamTops { all = new Top { viewer_id = "" }, skill = null };
            True(!empty.HasAll && !empty.HasSkill, "an empty top is none");
            var real = new GameEndSummary { top_overall = new Top { viewer_id = "V", viewer_name = "" } };
            True(real.HasTopOverall && !real.top_overall.HasViewerName, "a top may have no name");
        }
    }
}
