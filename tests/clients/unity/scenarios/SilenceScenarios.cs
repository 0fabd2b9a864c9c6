using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class SilenceScenarios
    {
        public static void A_stall_of_the_main_loop_is_not_silence()
        {
            var stage = Stage.InRoom();
            stage.Pass(24);
            stage.Step(30);
            Equal(ConnectionState.Connected, stage.Client.State);
            stage.Pass(14);
            Equal(ConnectionState.Connected, stage.Client.State);
        }

        public static void After_a_stall_the_gateway_is_asked_at_once()
        {
            var stage = Stage.InRoom();
            stage.Pass(1);
            stage.Step(30);
            Equal(1, stage.Sent("ping").Count);
            stage.Pass(16);
            True(stage.Told.Contains("Waiting:silent"), string.Join(" ", stage.Told));
        }

        public static void A_loop_that_only_ever_stalls_notices_a_dead_socket_too()
        {
            var stage = Stage.InRoom();
            stage.Pass(200 * 60, frame: 60);
            True(stage.Told.Contains("Waiting:silent"), string.Join(" ", stage.Told));
        }

        public static void What_waits_to_be_taken_counts_as_heard()
        {
            var stage = Stage.InRoom(0, s => s.Options.TriggersPerTick = 0);
            for (var seq = 1; seq <= 10; seq++)
            {
                stage.Socket.BringTrigger(seq);
                stage.Pass(20);
            }
            Equal(0, stage.Triggers.Count);
            Equal(ConnectionState.Connected, stage.Client.State);
        }

        public static void The_tenth_second_of_silence_asks_once_and_the_twenty_fifth_gives_up()
        {
            var clock = new AwakeClock();
            clock.Advance(0);
            var alive = new KeepAlive(clock.Time, 25);
            for (var second = 1; second <= 25; second++)
            {
                clock.Advance(second);
                Equal(second == 10 ? Beat.Ping : second == 25 ? Beat.Dead : Beat.None, alive.Check(clock, 0));
            }
        }

        public static void After_a_stall_there_are_fifteen_seconds_for_an_answer_also_if_it_stalls_again()
        {
            var clock = new AwakeClock();
            clock.Advance(0);
            var alive = new KeepAlive(clock.Time, 25);
            clock.Advance(6);
            Equal(Beat.Ping, alive.Check(clock, 0));
            clock.Advance(12);
            Equal(Beat.None, alive.Check(clock, 0));
            for (var second = 2; second <= 15; second++)
            {
                clock.Advance(11 + second);
                Equal(second == 15 ? Beat.Dead : Beat.None, alive.Check(clock, 0));
            }
        }

        public static void Five_seconds_are_no_stall_and_each_step_counts_as_at_most_one()
        {
            var clock = new AwakeClock();
            clock.Advance(0);
            clock.Advance(5);
            Equal(false, clock.Stalled);
            Equal(1d, clock.Time);
            clock.Advance(10.5);
            Equal(true, clock.Stalled);
            Equal(2d, clock.Time);
        }
    }
}
