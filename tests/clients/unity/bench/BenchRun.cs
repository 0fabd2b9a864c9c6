using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Streamario.Tests
{
    /// <summary>Does what the editor window does, with a real server: ORIGIN ROOM TOKEN. With ORIGIN 1 it asks whether
    /// a server is there; with ORIGIN and a larger number it lets as many viewers come at once; with ORIGIN TOKEN it
    /// fires once.</summary>
    static class BenchRun
    {
        const int Frame = 10; // ms

        static readonly Stopwatch Clock = Stopwatch.StartNew();

        static void Main(string[] arguments)
        {
            int times;
            if (arguments.Length > 2) Work(arguments);
            else if (int.TryParse(arguments[1], out times)) Ask(new NetRoomApi(arguments[0]), times);
            else Say(NewBench(arguments[0]), "R", arguments[1], "skill1");
        }

        static Bench NewBench(string origin)
        {
            return new Bench(new NetRoomApi(origin), new PlainJson(), new Random().NextDouble);
        }

        static void Ask(NetRoomApi api, int times)
        {
            var answers = new List<ApiAnswer>();
            if (times == 1) api.Send("/healthz", null, "", answers.Add);
            else Crowd(api, times, answers);
            for (; answers.Count < times; Thread.Sleep(Frame)) api.Tick();
            foreach (var answer in answers) Console.WriteLine(answer.Status);
        }

        // With a pool of so few threads Mono may answer a lone request never: two of its own wait for a third.
        static void Crowd(NetRoomApi api, int times, List<ApiAnswer> answers)
        {
            int workers, ports;
            ThreadPool.GetMinThreads(out workers, out ports);
            ThreadPool.SetMaxThreads(workers, ports);
            for (var i = 0; i < times; i++) api.Send("/api/viewers", "{}", "", answers.Add);
        }

        static void Work(string[] arguments)
        {
            var room = arguments[1];
            var bench = NewBench(arguments[0]);
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
            for (; !until(); Thread.Sleep(Frame))
            {
                if (also != null) also();
                bench.Tick(Now(), room);
            }
        }

        static double Now() => Clock.Elapsed.TotalSeconds;
    }
}
