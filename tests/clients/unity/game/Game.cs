using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace Streamario.Tests
{
    /// <summary>A game without graphics: reads commands from stdin, writes one JSON line to stdout for each event.</summary>
    sealed partial class Game
    {
        const int Frame = 10; // ms

        static readonly Stopwatch Clock = Stopwatch.StartNew();

        readonly ConcurrentQueue<string> _commands = new ConcurrentQueue<string>();
        readonly IJson _json = new ContractJson();
        readonly int _mainThread = Thread.CurrentThread.ManagedThreadId;
        readonly GameClient _client;
        readonly Dictionary<string, Action<string>> _obey;
        ViewerTrigger _last;
        double _skipped; // s
        double _speed = 1; // of the client's clock
        bool _throws;
        bool _over;

        Game(ClientOptions options, string store, bool inPage)
        {
            var random = new Random();
            var files = new FileStore(store, _json);
            _client = inPage
                ? new GameClient(options, NextPageSocket, _json, files, () => 0.1)
                : new GameClient(options, () => new NativeSocket(), _json, files, random.NextDouble);
            _obey = Commands();
            foreach (var call in Awaited()) _obey.Add(call.Key, call.Value);
            Listen();
        }

        static void Main(string[] arguments)
        {
            var options = new ClientOptions { Server = arguments[0], TriggersPerTick = 10 };
            foreach (var argument in arguments)
            {
                if (argument == "impatient") options.GiveUpAfter = 2;
                if (argument.StartsWith("key=")) options.GameKey = argument.Substring(4);
            }
            var game = new Game(options, arguments[1], Array.IndexOf(arguments, "page") >= 0);
            foreach (var argument in arguments)
                if (argument.StartsWith("speed="))
                    game._speed = double.Parse(argument.Substring(6), CultureInfo.InvariantCulture);
            game.Play();
        }

        ISocket NextPageSocket()
        {
            return new PageSocket(request => Tell("page_socket", request));
        }

        Dictionary<string, Action<string>> Commands()
        {
            return new Dictionary<string, Action<string>>
            {
                { "open", _ => _client.Open() },
                { "start", _ => _client.StartRound() },
                { "end", _ => _client.EndRound(summary => Tell("ended", summary)) },
                { "pause", _ => _client.Pause() },
                { "resume", _ => _client.Resume() },
                { "lasting", seconds => _client.Lasting(_last, double.Parse(seconds, CultureInfo.InvariantCulture)) },
                { "failed", reason => _client.Failed(_last, reason) },
                { "settings", json => _client.ChangeSettings(json) },
                { "throw", _ => Tell("throws", _throws = true) },
                { "stall", ms => Thread.Sleep(int.Parse(ms)) },
                { "later", seconds => _skipped += int.Parse(seconds) },
                { "close", _ => _client.Close() },
                { "page", PageSocket.Bring },
                { "quit", _ => Quit() },
            };
        }

        void Listen()
        {
            _client.Trigger += Apply;
            _client.RoomOpened += room => Tell("opened", room);
            _client.Resumed += room => Tell("resumed", room);
            _client.RoomLost += why => Tell("lost", why.Code);
            _client.ViewerCount += viewers => Tell("viewers", viewers);
            _client.RoundEnded += summary => Tell("round_ended", summary);
            _client.RoundStarted += round => Tell("round_started", round);
            _client.Gap += gap => Tell("gap", gap);
            _client.ConnectionChanged += (state, why) => Tell("connection", new Change(state, why));
            _client.Error += problem => Tell("error", problem.Code);
        }

        void Play()
        {
            new Thread(ReadCommands) { IsBackground = true }.Start();
            while (!_over)
            {
                string line;
                while (_commands.TryDequeue(out line)) Obey(line);
                _client.Tick(Clock.Elapsed.TotalSeconds * _speed + _skipped);
                Thread.Sleep(Frame);
            }
        }

        void ReadCommands()
        {
            string line;
            while ((line = Console.ReadLine()) != null) _commands.Enqueue(line);
            _commands.Enqueue("quit");
        }

        void Obey(string line)
        {
            var words = line.Split(new[] { ' ' }, 2);
            _obey[words[0]](words.Length > 1 ? words[1] : "");
        }

        void Apply(ViewerTrigger trigger)
        {
            if (Thread.CurrentThread.ManagedThreadId != _mainThread)
                throw new InvalidOperationException("A trigger came on another thread.");
            _last = trigger;
            Tell("trigger", trigger);
            if (!_throws) return;
            _throws = false;
            throw new InvalidOperationException("This effect is broken.");
        }

        void Quit()
        {
            _client.Close();
            _client.FinishClosing();
            Tell("over", true);
            _over = true;
        }

        void Tell<T>(string name, T detail)
        {
            Console.WriteLine("{\"event\":\"" + name + "\",\"detail\":" + _json.Write(detail) + "}");
        }

        [Serializable]
        sealed class Change
        {
            public string state;
            public string code;
            public int close_code;
            public int http_status;
            public double retry_in;
            public string message;

            public Change(ConnectionState state, ConnectionDetail why)
            {
                this.state = state.ToString();
                code = why.Code;
                close_code = why.CloseCode;
                http_status = why.HttpStatus;
                retry_in = why.RetryIn;
                message = why.Message;
            }
        }
    }
}
