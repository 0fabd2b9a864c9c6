using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class RoundUpdateScenarios
    {
        public static void A_round_that_a_press_opened_runs_for_the_game_too()
        {
            var stage = Told();
            Bring(stage, "in_game", 1);
            True(stage.Client.InRound && stage.Client.Round == 1, "it runs");
            Same(stage.Told.Skip(3), "started:1", "changed:in_game/1");
        }

        public static void A_pause_that_is_not_confirmed_counts_more_than_what_was_before_it()
        {
            var stage = Told();
            Bring(stage, "in_game", 1);
            stage.Client.Pause();
            Bring(stage, "in_game", 1);
            True(stage.Client.Paused, "the pause is still to come");
            stage.Socket.Bring("{'type':'pong','t':1}");
            Bring(stage, "in_game", 1, paused: true);
            True(stage.Client.Paused, "it came");
        }

        public static void An_end_by_the_time_limit_ends_the_round_and_its_pause()
        {
            var stage = Told();
            Bring(stage, "in_game", 1, paused: true);
            Bring(stage, "ended", 1, paused: true);
            True(!stage.Client.InRound && !stage.Client.Paused, "it is over");
        }

        public static void A_round_that_has_ended_does_not_run_again_by_a_late_message()
        {
            var stage = Told();
            Bring(stage, "in_game", 1);
            stage.Socket.BringSummary(1);
            Bring(stage, "in_game", 1, paused: true);
            True(!stage.Client.InRound && !stage.Client.Paused, "it has ended");
            Bring(stage, "in_game", 2);
            Bring(stage, "ended", 1);
            True(stage.Client.InRound && stage.Client.Round == 2, "the next one runs");
        }

        public static void The_state_before_a_start_does_not_undo_it()
        {
            var stage = Told();
            var starting = stage.Client.StartRoundAsync();
            Bring(stage, "active", 0);
            True(stage.Client.InRound && !starting.IsCompleted, "it is on its way");
            Bring(stage, "in_game", 1);
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            True(starting.IsCompleted && stage.Client.Round == 1, "it came");
            Equal(1, stage.Told.Count(told => told == "started:1"));
        }

        public static void A_start_while_a_press_opened_the_round_opens_no_other()
        {
            var stage = Told();
            stage.Client.StartRound();
            Bring(stage, "in_game", 1);
            Bring(stage, "ended", 1);
            Bring(stage, "in_game", 2);
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            True(stage.Client.InRound && stage.Client.Round == 2, "that is the streamer's");
        }

        public static void A_summary_is_acknowledged_once_others_have_opened_the_next_round()
        {
            var stage = Told();
            Bring(stage, "in_game", 1);
            stage.Socket.BringSummary(1);
            stage.Pass(1);
            Same(stage.Sent("ack"));
            Bring(stage, "in_game", 2);
            stage.Pass(1);
            Same(stage.Sent("ack"), Ack(1));
        }

        public static void A_server_that_lost_the_end_of_a_round_is_followed_back_into_it()
        {
            var stage = Told();
            Bring(stage, "in_game", 1);
            stage.Socket.BringSummary(1);
            Bring(stage, "in_game", 2);
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(0, 0, recovered: false, round: 1);
            Bring(stage, "in_game", 1, paused: true);
            True(stage.Client.InRound && stage.Client.Paused && stage.Client.Round == 1, "it runs again");
            Bring(stage, "in_game", 2);
            Same(stage.Told.Where(told => told.StartsWith("started")), "started:1", "started:2", "started:2");
        }

        static Stage Told()
        {
            var stage = Stage.InRoom();
            stage.Client.RoundStarted += round => stage.Told.Add("started:" + round);
            stage.Client.RoundChanged += now => stage.Told.Add("changed:" + now.status + "/" + now.round);
            return stage;
        }

        static void Bring(Stage stage, string status, int round, bool paused = false)
        {
            stage.Socket.Bring("{'type':'round','status':'" + status + "','round':" + round + ",'paused':"
                + (paused ? "true" : "false") + ",'stopped':false}");
            stage.Step();
        }
    }
}
