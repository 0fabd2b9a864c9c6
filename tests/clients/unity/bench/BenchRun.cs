using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Streamario.Tests
{
    /// <summary>Does what the editor window does, with a real server: ORIGIN ROOM TOKEN. With an ORIGIN alone it
    /// asks once whether a server is there.</summary>
    static class BenchRun
    {
        const int Frame = 10; // ms
        const double Within = 20; // s

        static readonly Stopwatch Clock = Stopwatch.StartNew();

        static void Main(string[] arguments)
        {
            if (arguments.Length == 1) Ask(new NetRoomApi(arguments[0]));
            else Work(arguments);
        }

        static void Ask(NetRoomApi api)
        {
            ApiAnswer answer = null;
            api.Send("/healthz", null, "", came => answer = came);
            for (var end = Now() + Within; answer == null && Now() < end; Thread.Sleep(Frame)) api.Tick();
            Console.WriteLine(answer.Status);
        }

        static void Work(string[] arguments)
        {
            var room = arguments[1];
            var bench = new Bench(new NetRoomApi(arguments[0]), new PlainJson(), new Random().NextDouble);
            var search = new ServerSearch(new NetRoomApi(arguments[0]), 5);
            Play(bench, room, () => search.Tick(Now()), () => search.IsFound);
            Play(bench, room, null, () => bench.Board.Buttons.Count > 0 && bench.Board.Buttons[0].Needed > 0);
            Console.WriteLine("code " + bench.Board.Code);
            Console.WriteLine("buttons " + string.Join(" ", bench.Board.Buttons.Select(button => button.EventType)));
            Say(bench, room, arguments[2], "skill1");
            Say(bench, room, "wrong", "skill1");
            bench.Invite(room, 5, seconds: 2);
            Play(bench, room, null, () => !bench.HasCrowd);
            Console.WriteLine("crowd " + bench.Crowd.Came + " " + bench.Crowd.Accepted + " " + bench.Crowd.Problem);
        }

        static void Say(Bench bench, string room, string token, string eventType)
        {
            var before = bench.Said;
            bench.Fire(room, token, eventType);
            Play(bench, room, null, () => bench.Said != before);
            Console.WriteLine("said " + bench.Said);
        }

        static void Play(Bench bench, string room, Action also, Func<bool> until)
        {
            for (var end = Now() + Within; !until(); Thread.Sleep(Frame))
            {
                if (Now() > end) throw new TimeoutException();
                if (also != null) also();
                bench.Tick(Now(), room);
            }
        }

        static double Now() => Clock.Elapsed.TotalSeconds;
    }
}
