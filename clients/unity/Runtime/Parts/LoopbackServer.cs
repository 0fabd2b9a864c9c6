using System;
using System.Collections.Generic;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>The gateway's part for one game, in this process: try a game without a server.</summary>
    /// <remarks>It speaks the protocol of the game socket, so the client above it is the one that streams use:
    /// numbers, acknowledgement, replay, rounds, outcomes and summaries. Use it from one thread.</remarks>
    sealed class LoopbackServer
    {
        const string Token = "loopback";
        const int NotFound = 404;
        const int MostUnanswered = 1000;

        readonly IJson _json;
        readonly Func<double> _clock;
        readonly long _epoch = Milliseconds();
        readonly List<Sent> _log = new List<Sent>();
        readonly Dictionary<long, ViewerTrigger> _unanswered = new Dictionary<long, ViewerTrigger>();
        readonly Dictionary<string, Action<string>> _commands;

        LoopbackSocket _game;
        bool _isOpen;
        long _seq;
        long _acknowledged;
        int _toldViewers = -1;

        /// <param name="clock">Returns s on a monotonic clock.</param>
        public LoopbackServer(IJson json, Func<double> clock)
        {
            _json = json;
            _clock = clock;
            Room.Fired += Log;
            _commands = new Dictionary<string, Action<string>>
            {
                { GameStart.Type, text => Start() },
                { GameEnd.Type, text => End() },
                { Pause.Type, text => Change(Room.Pause(paused: true)) },
                { Messages.Resume.Type, text => Change(Room.Pause(false, _json.Parse<Resume>(text).discard)) },
                { Messages.ChangeSettings.Type, text => Room.Use(_json.Parse<RoomLook>(text)) },
                { Ping.Type, text => Send(new Pong { t = _json.Parse<Ping>(text).t }) },
                { Ack.Type, text => Acknowledge(_json.Parse<Ack>(text)) },
                { Outcome.Type, text => Answer(_json.Parse<Outcome>(text)) },
                { Available.Type, text => Answer(_json.Parse<Available>(text)) },
            };
        }

        public LoopbackRoom Room { get; } = new LoopbackRoom();

        /// <summary>A socket to this server.</summary>
        public ISocket Socket()
        {
            return new LoopbackSocket(this);
        }

        /// <summary>Sends the number of viewers if it has changed.</summary>
        public void CountViewers()
        {
            var viewers = Room.Viewers(_clock());
            if (viewers == _toldViewers || _game == null) return;
            _toldViewers = viewers;
            Send(new ViewerCountUpdate { room_id = LoopbackRoom.Id, viewer_count = viewers });
        }

        internal void Attach(LoopbackSocket socket, string url)
        {
            var room = Query(url, "room_id");
            if (room != "" && (room != LoopbackRoom.Id || !_isOpen))
            {
                socket.Refuse(NotFound, "room_not_found");
                return;
            }
            if (_game != null) _game.End(4001, "replaced");
            _game = socket;
            socket.BeOpen();
            if (room == "") Create();
            else ComeBack(Query(url, "last_seq"));
            Send(Update());
            _toldViewers = -1;
            CountViewers();
        }

        internal void Detach(LoopbackSocket socket)
        {
            if (_game == socket) _game = null;
        }

        internal void Take(LoopbackSocket socket, string text)
        {
            if (socket != _game) return;
            var type = _json.Parse<MessageHeader>(text).type ?? "";
            Action<string> command;
            if (_commands.TryGetValue(type, out command)) command(text);
            else Refuse("unknown_type", "The loopback does not know " + type + ".");
        }

        void Create()
        {
            _isOpen = true;
            Send(new RoomCreated
            {
                room_id = LoopbackRoom.Id,
                web_url = Page,
                room_token = Token,
                epoch = _epoch,
                seq = _seq,
                protocol = Protocol.Version,
            });
        }

        // RFC 2606 reserves the domain: nobody is there.
        static string Page => "https://streamario.invalid/play/" + LoopbackRoom.Id;

        void ComeBack(string lastSeq)
        {
            long applied;
            long.TryParse(lastSeq, out applied);
            var missed = _log.FindAll(sent => sent.Seq > Math.Max(applied, _acknowledged));
            Send(new RoomReady
            {
                room_id = LoopbackRoom.Id,
                web_url = Page,
                room_token = Token,
                epoch = _epoch,
                seq = _seq,
                status = Room.Status,
                round = Room.Round,
                recovered = true,
                replayed = missed.Count,
                protocol = Protocol.Version,
            });
            foreach (var sent in missed) _game.Bring(sent.Text(isReplayed: true));
        }

        void Start()
        {
            if (Room.Start()) Send(Update());
        }

        void End()
        {
            var summary = Room.End();
            if (summary == null)
            {
                Change(false);
                return;
            }
            summary.epoch = _epoch;
            summary.seq = ++_seq;
            Log(summary.seq, isReplayed => _json.Write(summary));
            Send(Update());
        }

        void Change(bool changed)
        {
            if (changed) Send(Update());
            else Refuse("game_not_started", "No round is running.");
        }

        RoundUpdate Update()
        {
            return new RoundUpdate { status = Room.Status, round = Room.Round, paused = Room.IsPaused };
        }

        void Acknowledge(Ack ack)
        {
            if (ack.epoch != _epoch) return;
            _acknowledged = Math.Max(_acknowledged, ack.seq);
            _log.RemoveAll(sent => sent.Seq <= _acknowledged);
        }

        void Answer(Outcome outcome)
        {
            ViewerTrigger trigger;
            if (!_unanswered.TryGetValue(outcome.seq, out trigger))
            {
                // The first final outcome stays; it is no mistake to repeat it.
                if (outcome.seq > _seq) Refuse("bad_outcome", "There was no such trigger.");
                return;
            }
            if (outcome.status == "started") return;
            _unanswered.Remove(outcome.seq);
            var button = Room.Find(trigger.event_type);
            if (outcome.status == "failed" && button != null) button.Count += trigger.trigger_count;
        }

        void Answer(Available available)
        {
            var button = Room.Find(available.event_type);
            if (button == null)
            {
                Refuse("unknown_event_type", "The room has no button " + available.event_type + ".");
                return;
            }
            button.IsAvailable = available.available;
            button.Reason = available.reason;
        }

        void Log(ViewerTrigger trigger)
        {
            trigger.epoch = _epoch;
            trigger.seq = ++_seq;
            trigger.fired_at = Milliseconds();
            _unanswered[trigger.seq] = trigger;
            _unanswered.Remove(trigger.seq - MostUnanswered);
            Log(trigger.seq, isReplayed =>
            {
                trigger.replayed = isReplayed;
                return _json.Write(trigger);
            });
        }

        void Log(long seq, Func<bool, string> text)
        {
            _log.Add(new Sent(seq, text));
            if (_game != null) _game.Bring(text(false));
        }

        void Refuse(string code, string message)
        {
            Send(new Error { code = code, message = message });
        }

        void Send<T>(T message)
        {
            if (_game != null) _game.Bring(_json.Write(message));
        }

        static string Query(string url, string name)
        {
            var query = url.IndexOf('?');
            foreach (var part in url.Substring(query + 1).Split('&'))
                if (part.StartsWith(name + "=", StringComparison.Ordinal))
                    return Uri.UnescapeDataString(part.Substring(name.Length + 1));
            return "";
        }

        static long Milliseconds()
        {
            return DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        }

        struct Sent
        {
            readonly Func<bool, string> _text;
            public readonly long Seq;

            public Sent(long seq, Func<bool, string> text)
            {
                Seq = seq;
                _text = text;
            }

            public string Text(bool isReplayed) => _text(isReplayed);
        }
    }
}
