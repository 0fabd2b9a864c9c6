using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Streamario.Tests
{
    /// <summary>Plays the package's client in the cases of tests/clients/behaviour: it reads what happens
    /// from standard input, and prints what the client does. cases.py has the words.</summary>
    sealed class Player
    {
        const double Frame = 0.05; // s

        readonly ClientOptions _options = new ClientOptions { Server = "ws://gateway" };
        readonly MemoryStore _store = new MemoryStore();
        readonly List<ScriptedSocket> _sockets = new List<ScriptedSocket>();
        readonly List<int> _printed = new List<int>();
        readonly HashSet<ScriptedSocket> _closed = new HashSet<ScriptedSocket>();
        readonly Dictionary<long, ViewerTrigger> _triggers = new Dictionary<long, ViewerTrigger>();
        readonly GameClient _client;
        readonly string _room;
        double _now;
        int _awaited;
        bool _away;

        Player(Dictionary<string, string> options)
        {
            var luck = Number(options, "luck", 1);
            _room = Text(options, "room");
            _options.GameKey = Text(options, "key");
            if (Text(options, "manual") == "True") _options.Acknowledgement = Acknowledgement.Manual;
            var epoch = (long)Number(options, "epoch", 0);
            if (epoch > 0)
                _store.Room = new SavedRoom
                {
                    server = "ws://gateway/ws-unity", room_id = _room, room_token = "T",
                    epoch = epoch, last_seq = (long)Number(options, "last_seq", 0),
                };
            _client = new GameClient(_options, NextSocket, new ContractJson(), _store, () => luck);
            _client.Trigger += Take;
            _client.RoomOpened += room => Hear("room_created");
            _client.Resumed += room => Hear("room_ready");
            _client.RoomLost += why => Hear("room_gone");
            _client.RoundEnded += summary => Hear("round_ended", summary.round);
            _client.ViewerCount += viewers => Hear("viewers", viewers);
            _client.Gap += gap => Hear("gap", gap.last_seq);
            _client.Error += problem => Hear("error", problem.Code);
            _client.RoundChanged += update => Hear("round", update.round, StateOf(update));
            _client.ConnectionChanged += Change;
        }

        static void Main()
        {
            Player player = null;
            string line;
            while ((line = Console.ReadLine()) != null)
            {
                var words = line.Split('\t');
                if (words[0] == "case") player = Begin(words);
                else player.Try(words);
                player.Settle();
                Print("done", Seconds(player._now));
            }
        }

        static Player Begin(string[] words)
        {
            Print("case", words[1]);
            return new Player(words.Skip(2).Select(word => word.Split('='))
                .ToDictionary(pair => pair[0], pair => pair[1]));
        }

        // After what the case does not expect, there may be no such socket or trigger: the other cases go on.
        void Try(string[] words)
        {
            try
            {
                Act(words);
            }
            catch (Exception problem)
            {
                Hear("broken", problem.GetType().Name);
            }
        }

        void Act(string[] words)
        {
            switch (words[0])
            {
                case "game":
                    Call(words[1], words.Length > 2 ? words[2] : "");
                    break;
                case "socket":
                    for (var until = _now + Number(words[1]); _sockets.Count == _awaited && _now < until;)
                        Step(Frame);
                    if (_sockets.Count > _awaited) _awaited++;
                    break;
                case "pass":
                    for (var until = _now + Number(words[1]); _now < until - Frame / 2;) Step(Frame);
                    break;
                case "accept":
                    Socket(words).Bring(new SocketEvent { Kind = SocketEventKind.Opened });
                    break;
                case "say":
                    Socket(words).Bring(new SocketEvent
                    {
                        Kind = SocketEventKind.Text, Text = words[2].Replace("\"$ping\"", LastPing(Socket(words))),
                    });
                    break;
                case "close":
                    Socket(words).BringClose(int.Parse(words[2]));
                    break;
                case "refuse":
                    Socket(words).BringRefusal(int.Parse(words[2]), words[3], Number(words[4]));
                    break;
                default:
                    throw new ArgumentException(words[0]);
            }
        }

        void Call(string call, string argument)
        {
            switch (call)
            {
                case "open":
                    if (_room != "" && _store.Room == null) _client.Open(_room, "T");
                    else _client.Open();
                    break;
                case "start": _client.StartRound(); break;
                case "end": _client.EndRound(summary => { if (summary == null) Hear("no_summary"); }); break;
                case "pause": _client.Pause(); break;
                case "resume": _client.Resume(); break;
                case "apply": _client.Acknowledge(Trigger(argument)); break;
                case "lasting": _client.Lasting(Trigger(argument), 8); break;
                case "done": _client.Done(Trigger(argument)); break;
                case "failed": _client.Failed(Trigger(argument), "why"); break;
                case "available": _client.Available(argument); break;
                case "unavailable": _client.Unavailable(argument, "why"); break;
                case "close": _client.Close(); break;
                case "leave": _client.Leave(); break;
                default: throw new ArgumentException(call);
            }
        }

        ISocket NextSocket()
        {
            _sockets.Add(new ScriptedSocket());
            _printed.Add(-1);
            return _sockets[_sockets.Count - 1];
        }

        void Step(double seconds)
        {
            _now += seconds;
            _client.Tick(_now);
            for (var i = 0; i < _sockets.Count; i++) Show(i);
        }

        /// <summary>Lets happen what needs no time.</summary>
        void Settle()
        {
            for (var i = 0; i < 3; i++) Step(0);
        }

        void Show(int index)
        {
            var socket = _sockets[index];
            var number = (index + 1).ToString();
            if (_printed[index] < 0)
            {
                Print("opened", Seconds(_now), number, socket.Request.Url, string.Join(",", socket.Request.Subprotocols));
                _printed[index] = 0;
            }
            for (; _printed[index] < socket.Sent.Count; _printed[index]++)
                Print("sent", Seconds(_now), number, socket.Sent[_printed[index]]);
            if (socket.ClosedWith != 0 && _closed.Add(socket))
                Print("closed", Seconds(_now), number, socket.ClosedWith.ToString());
        }

        void Take(ViewerTrigger trigger)
        {
            _triggers[trigger.seq] = trigger;
            Hear("trigger", trigger.seq);
        }

        void Change(ConnectionState state, ConnectionDetail why)
        {
            if (state == ConnectionState.Waiting && !_away) Hear("away");
            if (state == ConnectionState.Replaced || state == ConnectionState.Refused) Hear("stopped", why.Code);
            _away = state == ConnectionState.Waiting || _away && state == ConnectionState.Connecting;
        }

        // What the client says of the round, which is what the message says.
        string StateOf(RoundUpdate update)
        {
            if (update.status == "active") return "waiting";
            return !_client.InRound ? "ended" : _client.Paused ? "paused" : "running";
        }

        ViewerTrigger Trigger(string seq)
        {
            return _triggers[long.Parse(seq)];
        }

        ScriptedSocket Socket(string[] words)
        {
            return _sockets[int.Parse(words[1]) - 1];
        }

        static string LastPing(ScriptedSocket socket)
        {
            var ping = socket.Sent.LastOrDefault(text => text.Contains("\"ping\""));
            return ping == null ? "null" : Regex.Match(ping, "\"t\":([^,}]+)").Groups[1].Value;
        }

        void Hear(params object[] words)
        {
            Print(new object[] { "heard", Seconds(_now) }.Concat(words).ToArray());
        }

        static void Print(params object[] words)
        {
            Console.WriteLine(string.Join("\t", words));
        }

        static string Seconds(double time)
        {
            return time.ToString("0.00", CultureInfo.InvariantCulture);
        }

        static double Number(string text)
        {
            return double.Parse(text, CultureInfo.InvariantCulture);
        }

        static double Number(Dictionary<string, string> options, string name, double usual)
        {
            string text;
            return options.TryGetValue(name, out text) ? Number(text) : usual;
        }

        static string Text(Dictionary<string, string> options, string name)
        {
            string text;
            return options.TryGetValue(name, out text) ? text : "";
        }
    }
}
