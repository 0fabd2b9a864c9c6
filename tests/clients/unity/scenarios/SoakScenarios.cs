using System;
using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>Four hours of the client's clock, frame by frame: sockets of others froze after three.</summary>
    static class SoakScenarios
    {
        const double Hours = 4;
        const double Heartbeat = 5; // s
        const int Messages = 10; // at each
        const long Growth = 256 * 1024; // bytes: 9 for each message

        public static void Four_hours_of_only_receiving_keep_the_socket_and_need_no_memory()
        {
            var stage = Stage.InRoom();
            var heard = 0;
            stage.Client.ViewerCount += viewers => heard++;
            var before = Memory();
            for (var passed = 0.0; passed < Hours * 3600; passed += Heartbeat)
            {
                stage.Pass(Heartbeat);
                for (var i = 0; i < Messages; i++)
                    stage.Socket.Bring("{'type':'viewer_count_update','room_id':'R','viewer_count':" + (i % 2 + 1) + "}");
            }
            stage.Step();
            Equal((int)(Hours * 3600 / Heartbeat) * Messages, heard);
            Equal(0, stage.Socket.Sent.Count);
            Same(stage.Told, "Connecting", "Connected", "opened");
            True(Memory() - before < Growth, "the memory has not grown: " + (Memory() - before) + " bytes");
            stage.Socket.BringTrigger(1);
            stage.Step();
            Same(stage.Triggers, 1L);
        }

        public static void Four_hours_of_silence_between_pings_keep_the_socket()
        {
            var stage = Stage.InRoom();
            var answered = 0;
            for (var passed = 0.0; passed < Hours * 3600; passed++)
            {
                stage.Pass(1);
                for (; answered < stage.Sent("ping").Count; answered++) stage.Socket.Bring("{'type':'pong','t':1}");
            }
            True(answered > Hours * 3600 / 12 && answered <= Hours * 3600 / 10, answered + " pings");
            Same(stage.Told, "Connecting", "Connected", "opened");
        }

        static long Memory()
        {
            // The least of some: Mono's collector spares what looks like a reference on the stack.
            return Enumerable.Range(0, 5).Min(_ => GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
