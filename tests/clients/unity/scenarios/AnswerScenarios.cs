using System;
using System.Linq;
using Streamario.Messages;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class AnswerScenarios
    {
        public static void An_answer_says_what_became_of_a_trigger_and_one_ping_confirms_those_of_a_tick()
        {
            var stage = Stage.InRoom();
            stage.Client.Trigger += trigger =>
            {
                stage.Client.Lasting(trigger, 2.5);
                if (trigger.seq == 1) stage.Client.Done(trigger);
                else stage.Client.Failed(trigger, "No room.");
            };
            stage.Socket.BringTrigger(1);
            stage.Socket.BringTrigger(2);
            stage.Step();
            Same(
                Answers(stage),
                Said(1, "started", duration: 2500),
                Said(1, "done"),
                Said(2, "started", duration: 2500),
                Said(2, "failed", "No room."));
            Equal(1, stage.Sent("ping").Count);
        }

        public static void An_answer_that_was_not_confirmed_is_said_again_on_the_next_socket_in_order()
        {
            var stage = Stage.InRoom(3);
            stage.Client.StartRound();
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            stage.Client.Done(Trigger(1));
            stage.Client.Lasting(Trigger(2), 60);
            stage.Client.EndRound();
            stage.Client.StartRound();
            stage.Client.Unavailable("skill1", "Not here.");
            Reconnect(stage, 3);
            Same(
                stage.Socket.Sent.Where(text => !text.Contains("ping")),
                Said(1, "done"),
                Said(2, "started", duration: 60000),
                "{\"type\":\"game_end\"}",
                "{\"type\":\"game_start\"}",
                Usable(false, "Not here."));
        }

        public static void An_answer_that_was_confirmed_is_not_said_again()
        {
            var stage = Stage.InRoom(2);
            stage.Client.Done(Trigger(1));
            stage.Step();
            stage.Client.Done(Trigger(2));
            stage.Client.Unavailable("skill1");
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            Reconnect(stage, 2);
            Same(Answers(stage), Said(2, "done"), Usable(false, ""));
        }

        public static void An_outcome_is_not_said_again_after_ten_minutes()
        {
            var stage = Stage.InRoom(2);
            stage.Socket.BringClose(1006);
            stage.Step();
            stage.Client.Done(Trigger(1));
            stage.Pass(300, frame: 1);
            stage.Client.Done(Trigger(2));
            stage.Pass(300, frame: 1);
            stage.Socket.BringReady(2, 0);
            stage.Step();
            Same(Answers(stage), Said(2, "done"));
        }

        public static void An_outcome_counts_after_its_round_but_a_button_is_free_then()
        {
            var stage = Stage.InRoom(1);
            stage.Client.Unavailable("skill1");
            stage.Client.Done(Trigger(1));
            Reconnect(stage, 1, status: "ended");
            Same(Answers(stage), Said(1, "done"));
        }

        public static void Of_many_outcomes_the_last_thousand_wait()
        {
            var stage = Stage.InRoom(1200, s => s.Options.TriggersPerTick = 2000);
            for (var seq = 1; seq <= 1200; seq++) stage.Client.Done(Trigger(seq));
            Reconnect(stage, 1200);
            Equal(1000, Answers(stage).Length);
            Equal(Said(201, "done"), Answers(stage)[0]);
        }

        public static void A_trigger_of_another_room_gets_no_answer_and_a_room_that_is_lost_takes_its_answers_along()
        {
            var stage = Stage.InRoom(1);
            var other = Trigger(1);
            other.room_id = "OTHER";
            stage.Client.Done(other);
            Same(Answers(stage));
            stage.Client.Done(Trigger(1));
            stage.Socket.BringClose(4004);
            stage.Pass(1);
            stage.Socket.BringRoom(id: "NEXT");
            stage.Step();
            Same(Answers(stage));
        }

        public static void A_duration_out_of_bounds_is_an_error_of_the_caller()
        {
            var stage = Stage.InRoom(1);
            foreach (var seconds in new[] { 0, 0.09, 3601, -1, double.NaN, double.PositiveInfinity })
            {
                var told = "";
                try
                {
                    stage.Client.Lasting(Trigger(1), seconds);
                }
                catch (ArgumentOutOfRangeException problem)
                {
                    told = problem.Message;
                }
                True(told.Contains("0.1 to 3,600 s"), seconds + ": " + told);
            }
            stage.Client.Lasting(Trigger(1), 0.1f);
            Same(Answers(stage), Said(1, "started", duration: 100));
        }

        public static void A_long_reason_is_cut_after_eighty_characters_and_never_within_one()
        {
            var stage = Stage.InRoom(2);
            stage.Client.Failed(Trigger(1), string.Concat(Enumerable.Repeat("🎆", 81)));
            stage.Client.Failed(Trigger(2), null);
            Same(Answers(stage), Said(1, "failed", string.Concat(Enumerable.Repeat("🎆", 80))), Said(2, "failed"));
        }

        public static void A_pause_may_end_with_the_counts_thrown_away()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Client.Pause();
            stage.Client.Resume(discard: true);
            Equal("{\"discard\":true,\"type\":\"resume\"}", stage.Sent("resume").Single());
            True(!stage.Client.Paused, "it was lifted");
        }

        static ViewerTrigger Trigger(long seq)
        {
            return new ViewerTrigger { room_id = "R", event_type = "skill1", epoch = 1, seq = seq };
        }

        static void Reconnect(Stage stage, long seq, string status = "in_game")
        {
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(seq, 0, status);
            stage.Step();
        }

        static string[] Answers(Stage stage)
        {
            return stage.Socket.Sent.Where(text => text.Contains("\"reason\"")).ToArray();
        }

        static string Said(long seq, string status, string reason = "", int duration = 0)
        {
            return new ContractJson().Write(
                new Outcome { epoch = 1, seq = seq, status = status, reason = reason, duration_ms = duration });
        }

        static string Usable(bool available, string reason)
        {
            return new ContractJson().Write(
                new Available { event_type = "skill1", available = available, reason = reason });
        }
    }
}
