using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>The server's part, played in the game's own process.</summary>
    static class LoopbackScenarios
    {
        public static void Presses_fire_at_the_threshold_and_what_is_over_stays()
        {
            var stage = LoopbackStage.InRound();
            stage.Press("mika", "skill1", 4);
            Equal(0, stage.Triggers.Count);
            stage.Press("ren", "skill1", 7);
            Same(stage.Triggers.Select(trigger => trigger.seq), 1L, 2L);
            Equal("REN", stage.Triggers[0].viewer_name);
            Equal(5, stage.Triggers[0].trigger_count);
            Same(stage.Triggers.Select(trigger => trigger.people), 2, 0);
            Equal(1, stage.Server.Room.Find("skill1").Count);
        }

        public static void More_viewers_need_more_presses()
        {
            var stage = LoopbackStage.InRound();
            for (var i = 0; i < 21; i++) stage.Server.Room.Join("viewer" + i, stage.Now);
            stage.Step();
            Equal(21, stage.Game.Viewers);
            Equal(10, stage.Server.Room.Needed(stage.Server.Room.Find("skill1"), stage.Now));
            stage.Pass(31);
            Equal(0, stage.Game.Viewers);
            Equal(5, stage.Server.Room.Needed(stage.Server.Room.Find("skill1"), stage.Now));
        }

        public static void A_trigger_says_whether_the_streamer_fired_it()
        {
            var stage = LoopbackStage.InRound();
            Equal("", stage.Server.Room.FireNow("skill1", stage.Now));
            stage.Press("mika", "skill1", 5);
            Same(stage.Triggers.Select(trigger => trigger.by_streamer), true, false);
        }

        public static void Settings_change_the_buttons()
        {
            var stage = LoopbackStage.InRound();
            stage.Game.ChangeSettings(new RoomSettings
            {
                Title = "Boss",
                Buttons = new System.Collections.Generic.List<ButtonSettings> { new ButtonSettings("jump", 2) },
            });
            stage.Press("mika", "jump", 2);
            Equal("jump", stage.Triggers.Single().event_type);
            Equal("Boss", stage.Server.Room.Title);
        }

        public static void A_summary_names_who_pressed_most()
        {
            var stage = LoopbackStage.InRound();
            stage.Press("mika", "skill1", 3);
            stage.Press("ren", "enemy1", 4);
            stage.Press("mika", "enemy1", 2);
            stage.Game.EndRound();
            stage.Step();
            var summary = stage.Summaries.Single();
            Equal("MIKA", summary.top_overall.viewer_name);
            Equal(5, summary.top_overall.count);
            Equal("ren", summary.team_tops.enemy.viewer_id);
            Same(summary.top_by_button.Select(top => top.event_type + top.count), "skill13", "enemy14");
            Equal(6, summary.event_totals.Single(total => total.event_type == "enemy1").count);
        }

        public static void A_game_that_comes_back_gets_what_it_missed()
        {
            var stage = LoopbackStage.InRound();
            stage.Press("mika", "skill1", 5);
            stage.Game.Close();
            stage.Server.Room.Press("mika", "MIKA", "skill1", 5, stage.Now);
            stage.Game.Open();
            stage.Step();
            Same(stage.Triggers.Select(trigger => trigger.seq + (trigger.replayed ? " again" : "")), "1", "2 again");
            Same(stage.Told, "opened", "round 1", "resumed");
            True(stage.Game.InRound, "the round goes on");
        }

        public static void A_room_of_another_run_is_not_there()
        {
            var stage = new LoopbackStage();
            stage.Game.Open("01OTHER", "token");
            stage.Pass(1);
            Same(stage.Told, "opened", "lost", "opened");
        }

        public static void A_long_silent_play_costs_no_connection()
        {
            var stage = LoopbackStage.InRound();
            stage.Pass(120);
            Equal(ConnectionState.Connected, stage.Game.State);
            Same(stage.Told, "opened", "round 1");
        }
    }
}
