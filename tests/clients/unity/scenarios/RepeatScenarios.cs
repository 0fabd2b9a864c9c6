using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class RepeatScenarios
    {
        public static void An_end_and_a_start_that_were_carried_out_unconfirmed_are_not_said_again()
        {
            var stage = InFirstRound();
            stage.Client.EndRound();
            stage.Client.StartRound();
            stage.Client.Pause();
            Reconnect(stage);
            stage.Socket.BringReady(1, 1, round: 2);
            stage.Socket.BringSummary(1);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"pause\"}");
            Equal(1, stage.Told.Count(told => told == "round_ended"));
            Equal(2, stage.Client.Round);
            True(stage.Client.InRound && stage.Client.Paused, "the second round runs");
        }

        public static void An_end_and_a_start_that_were_lost_are_both_said_again()
        {
            var stage = InFirstRound();
            stage.Client.EndRound();
            stage.Client.StartRound();
            Reconnect(stage);
            stage.Socket.BringReady(0, 0);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"game_end\"}", "{\"type\":\"game_start\"}");
        }

        public static void Of_several_rounds_only_those_that_were_opened_count_as_done()
        {
            var stage = InFirstRound();
            stage.Client.EndRound();
            stage.Client.StartRound();
            stage.Client.EndRound();
            stage.Client.StartRound();
            Reconnect(stage);
            stage.Socket.BringReady(2, 2, status: "ended", round: 2);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"game_start\"}");
        }

        public static void A_start_in_a_running_round_proves_nothing_of_what_was_said_before_it()
        {
            var stage = InFirstRound();
            stage.Client.Pause();
            stage.Client.StartRound();
            Reconnect(stage);
            stage.Socket.BringReady(0, 0);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"pause\"}", "{\"type\":\"game_start\"}");
        }

        public static void A_start_that_was_never_sent_is_not_taken_for_done()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom { server = "ws://gateway/ws-unity", room_id = "R", room_token = "T" };
            stage.Client.Open();
            stage.Client.StartRound();
            stage.Step();
            stage.Socket.BringReady(0, 0, status: "ended", round: 5);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"game_start\"}");
        }

        public static void A_start_in_a_room_that_was_lost_opens_the_next_rooms_round()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Socket.BringClose(4004);
            stage.Step();
            stage.Client.Open("OTHER", "O");
            stage.Step();
            stage.Socket.BringReady(0, 0, status: "ended", round: 3);
            stage.Step();
            Same(Commands(stage), "{\"type\":\"game_start\"}");
        }

        public static void A_round_counts_from_its_confirmed_start()
        {
            var stage = Stage.InRoom();
            Equal(0, stage.Client.Round);
            stage.Client.StartRound();
            Equal(0, stage.Client.Round);
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            Equal(1, stage.Client.Round);
            stage.Client.StartRound();
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Step();
            Equal(1, stage.Client.Round);
        }

        public static void A_round_that_follows_at_once_runs_whatever_comes_first_summary_or_pong()
        {
            foreach (var summaryFirst in new[] { true, false })
            {
                var stage = InFirstRound();
                stage.Client.EndRound();
                stage.Client.StartRound();
                if (summaryFirst) stage.Socket.BringSummary(1);
                stage.Socket.Bring("{'type':'pong','t':3}");
                if (!summaryFirst) stage.Socket.BringSummary(1);
                stage.Pass(1);
                Equal(2, stage.Client.Round);
                True(stage.Client.InRound, "the second round runs");
                Same(stage.Sent("ack"), Ack(1));
            }
        }

        public static void A_summary_that_overtakes_the_pong_of_its_own_start_still_waits()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Client.EndRound();
            stage.Socket.BringSummary(1);
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Pass(1);
            Same(stage.Sent("ack"));
            True(!stage.Client.InRound, "the round has ended");
        }

        public static void A_summary_is_released_by_a_later_round_that_the_next_socket_finds()
        {
            var stage = InFirstRound();
            stage.Socket.BringSummary(1);
            stage.Step();
            stage.Client.StartRound();
            Reconnect(stage);
            stage.Socket.BringReady(1, 1, round: 2);
            stage.Pass(1);
            Same(stage.Sent("ack"), Ack(1));
        }

        public static void A_pause_holds_until_it_is_lifted_or_its_round_is_over()
        {
            var stage = InFirstRound();
            stage.Client.Pause();
            True(stage.Client.Paused, "it was asked for");
            Reconnect(stage);
            stage.Socket.BringReady(0, 0);
            stage.Step();
            True(stage.Client.Paused, "the round goes on");
            stage.Client.Resume();
            True(!stage.Client.Paused, "it was lifted");
            stage.Client.Pause();
            stage.Socket.BringSummary(1);
            stage.Step();
            True(!stage.Client.Paused, "its round is over");
            stage.Client.Pause();
            stage.Socket.BringError("game_not_started");
            stage.Step();
            True(!stage.Client.Paused, "there was no round");
        }

        static Stage InFirstRound()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            return stage;
        }

        static void Reconnect(Stage stage)
        {
            stage.Socket.BringClose(1006);
            stage.Pass(1);
        }

        static string[] Commands(Stage stage)
        {
            return stage.Socket.Sent.Where(text => !text.Contains("ping") && !text.Contains("ack")).ToArray();
        }
    }
}
