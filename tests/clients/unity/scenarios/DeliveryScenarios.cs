using System;
using System.Collections.Generic;
using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class DeliveryScenarios
    {
#pragma warning disable 618
        public static void Handlers_of_the_older_name_come_and_go_beside_others()
        {
            var stage = Stage.InRoom();
            var older = new List<long>();
            Action<GameEvent> handler = trigger => older.Add(trigger.seq);
            stage.Client.Trigger += handler;
            stage.Client.Trigger += handler;
            stage.Client.Trigger -= handler;
            stage.Socket.BringTrigger(1);
            stage.Step();
            stage.Client.Trigger -= handler;
            stage.Socket.BringTrigger(2);
            stage.Step();
            Same(older, 1L);
            Same(stage.Triggers, 1L, 2L);
        }
#pragma warning restore 618

        public static void Acknowledgements_are_cumulative_and_at_most_one_each_quarter_second()
        {
            var stage = Stage.InRoom(1);
            for (var seq = 2; seq <= 11; seq++)
            {
                stage.Socket.BringTrigger(seq);
                stage.Step(0.02);
            }
            stage.Pass(0.3);
            Same(stage.Sent("ack"), Ack(1), Ack(11));
        }

        public static void Fifty_triggers_are_acknowledged_at_once()
        {
            var stage = Stage.InRoom(1);
            for (var seq = 2; seq <= 51; seq++) stage.Socket.BringTrigger(seq);
            stage.Step();
            Same(stage.Sent("ack"), Ack(1), Ack(51));
        }

        public static void With_manual_acknowledgement_what_comes_again_on_the_next_socket_is_not_handed_over_twice()
        {
            var stage = Stage.InRoom(3, s => s.Options.Acknowledgement = Acknowledgement.Manual);
            stage.Client.Acknowledge(new ViewerTrigger { room_id = "R", epoch = 1, seq = 1 });
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            True(stage.Socket.Request.Url.EndsWith("last_seq=1"), stage.Socket.Request.Url);
            stage.Socket.BringReady(3, 2);
            for (var seq = 2; seq <= 4; seq++) stage.Socket.BringTrigger(seq);
            stage.Step();
            Same(stage.Triggers, 1L, 2L, 3L, 4L);
        }

        public static void Numbers_that_were_rolled_back_go_on_in_their_new_epoch()
        {
            var stage = Stage.InRoom(9);
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(5, 0, recovered: false);
            stage.Socket.Bring("{'type':'gap','epoch':2,'last_seq':5}");
            stage.Socket.BringTrigger(6, epoch: 2);
            stage.Socket.BringTrigger(7, epoch: 2);
            stage.Pass(0.3);
            Same(stage.Triggers, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 6L, 7L);
            Equal(Ack(7, epoch: 2), stage.Sent("ack").Last());
        }

        public static void A_tick_hands_over_no_more_triggers_than_it_may()
        {
            var stage = Stage.InRoom(0, s => s.Options.TriggersPerTick = 10);
            for (var seq = 1; seq <= 25; seq++) stage.Socket.BringTrigger(seq);
            stage.Step();
            Equal(10, stage.Triggers.Count);
            stage.Step();
            stage.Step();
            Equal(25, stage.Triggers.Count);
        }

        public static void Progress_is_saved_at_most_once_a_second_and_when_the_game_says_so()
        {
            var stage = Stage.InRoom(1);
            var saves = stage.Store.Saves;
            for (var seq = 2; seq <= 41; seq++)
            {
                stage.Socket.BringTrigger(seq);
                stage.Step(0.05);
            }
            True(stage.Store.Saves - saves <= 3, stage.Store.Saves - saves + " saves in 2 s");
            stage.Socket.BringTrigger(42);
            stage.Step();
            stage.Client.Save();
            Equal(42L, stage.Store.Room.last_seq);
        }

        public static void What_is_saved_is_written_when_a_room_is_reached_when_a_round_ends_and_when_the_game_leaves()
        {
            var stage = Stage.InRoom();
            Equal(1, stage.Store.Flushes);
            stage.Socket.BringTrigger(1);
            stage.Pass(5);
            Equal(1, stage.Store.Flushes);
            stage.Client.Save();
            Equal(2, stage.Store.Flushes);
            stage.Client.Save();
            Equal(2, stage.Store.Flushes);
            stage.Socket.BringSummary(2);
            stage.Step();
            Equal(3, stage.Store.Flushes);
            stage.Socket.BringTrigger(3);
            stage.Step();
            stage.Client.Close();
            Equal(4, stage.Store.Flushes);
        }

        public static void A_trigger_of_another_room_acknowledges_nothing()
        {
            var stage = Stage.InRoom(3, s => s.Options.Acknowledgement = Acknowledgement.Manual);
            stage.Client.Acknowledge(new ViewerTrigger { room_id = "OTHER", epoch = 1, seq = 3 });
            stage.Pass(1);
            Same(stage.Sent("ack"));
        }

        public static void A_handler_of_problems_that_throws_is_reported_to_the_others_and_stops_nothing()
        {
            var stage = new Stage();
            stage.Client.Error += _ => { throw new System.InvalidOperationException("broken"); };
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringRoom();
            stage.Socket.BringError("invalid_settings");
            stage.Socket.BringTrigger(1);
            stage.Step();
            Same(stage.Triggers, 1L);
            Same(
                stage.Told.Where(told => told.StartsWith("error")),
                "error:invalid_settings",
                "error:handler_failed");
        }

        public static void A_handler_that_throws_stops_neither_the_others_nor_the_next_trigger()
        {
            var stage = Stage.InRoom();
            stage.Client.Trigger += _ => { throw new System.InvalidOperationException("broken"); };
            var others = 0;
            stage.Client.Trigger += _ => others++;
            stage.Socket.BringTrigger(1);
            stage.Socket.BringTrigger(2);
            stage.Step();
            Equal(2, others);
            Equal(2, stage.Told.Count(told => told == "error:handler_failed"));
        }
    }
}
