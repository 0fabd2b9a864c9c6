using System;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>A game's side of its room: every trigger once, in order, whatever the network does.</summary>
    /// <remarks>All of it, events included, happens on the thread that calls Tick.</remarks>
    public sealed partial class GameClient
    {
        const double SummaryWithin = 5;

        readonly ClientOptions _options;
        readonly IJson _json;
        readonly Connection _connection;
        readonly Room _room;
        readonly Outbox _outbox = new Outbox();
        readonly Handlers _handlers;

        double _now;
        Action<ViewerTrigger> _trigger;
        Action<GameEndSummary> _roundEnded;
        double _summaryBy;

        /// <param name="sockets">Makes a new socket for each attempt.</param>
        /// <param name="random">Gives numbers from 0 to 1, which spread reconnects.</param>
        public GameClient(
            ClientOptions options, Func<ISocket> sockets, IJson json, IStore store, Func<double> random)
        {
            _options = options;
            _json = json;
            _handlers = new Handlers(options.IsAlive, Report);
            _connection = new Connection(options, sockets, json, this, random);
            _room = new Room(store, Address.Normalise(options.Server));
        }

        /// <summary>A trigger fired. While nobody listens, triggers wait.</summary>
        public event Action<ViewerTrigger> Trigger
        {
            add { _trigger += Exactly(value); }
            remove { _trigger -= Exactly(value); }
        }

        /// <summary>A new room: show its web_url to the audience.</summary>
        public event Action<RoomCreated> RoomOpened;

        /// <summary>The same room again, after a drop or a restart; what was missed follows.</summary>
        public event Action<RoomReady> Resumed;

        /// <summary>The room that was to be resumed is gone.</summary>
        public event Action<ConnectionDetail> RoomLost;

        /// <summary>How many viewers are active, when it changed.</summary>
        public event Action<int> ViewerCount;

        public event Action<GameEndSummary> RoundEnded;

        /// <summary>Triggers up to last_seq are lost; what follows goes on after it.</summary>
        public event Action<Gap> Gap;

        /// <summary>Another game has taken the room over; this one stops.</summary>
        public event Action Replaced;

        public event Action<ConnectionState, ConnectionDetail> ConnectionChanged;

        public event Action<Problem> Error;

        public ConnectionState State => _connection.State;

        /// <summary>The room's id; empty while there is none.</summary>
        public string RoomId => _room.Id;

        /// <summary>The page where the audience presses; empty until the room was reached.</summary>
        public string WebUrl => _room.WebUrl;

        public int Viewers { get; private set; }

        /// <summary>Whether a round is running, as far as is known here.</summary>
        public bool InRound { get; private set; }

        /// <summary>Whether Pause holds the round's triggers back, as far as is known here.</summary>
        public bool Paused { get; private set; }

        /// <summary>The number of the round that runs or ran last; 0 before it is known. A round that was
        /// asked for counts once the server has confirmed it.</summary>
        public int Round { get; private set; }

        /// <summary>Connects: to the room of an earlier run where there is one, else to a new one.</summary>
        public void Open()
        {
            _connection.Open();
        }

        /// <summary>Connects to a room that was opened through POST /api/rooms, and leaves any other one as
        /// Close does.</summary>
        public void Open(string roomId, string roomToken)
        {
            var elsewhere = _room.Id != roomId;
            // An attempt that is under way has another token.
            if (elsewhere || State != ConnectionState.Connected) Close();
            if (elsewhere) Depart();
            _room.Adopt(roomId, roomToken);
            _connection.Open();
        }

        /// <summary>Does all there is to do. Call it once a frame; <c>now</c> is s on a clock that only
        /// goes forward.</summary>
        public void Tick(double now)
        {
            _now = now;
            _handedOver = 0;
            HandOverUnheard();
            _connection.Tick(now);
            Acknowledge(leaving: false);
            _room.Keep(now);
            if (_roundEnded != null && now >= _summaryBy) TellRoundEnded(null);
        }

        /// <summary>Opens a round. In a running round it changes nothing.</summary>
        public void StartRound()
        {
            if (!InRound) Paused = false;
            InRound = true;
            Command(GameStart.Type, _json.Write(new GameStart()));
        }

        /// <summary>Ends the round; <c>ended</c> gets its summary, or null where none came in 5 s.</summary>
        public void EndRound(Action<GameEndSummary> ended = null)
        {
            if (ended != null)
            {
                _roundEnded += ended;
                _summaryBy = _now + SummaryWithin;
            }
            Command(GameEnd.Type, _json.Write(new GameEnd()));
        }

        /// <summary>No triggers until Resume.</summary>
        public void Pause()
        {
            Paused = true;
            Command(Messages.Pause.Type, _json.Write(new Pause()));
        }

        /// <summary>Triggers again; each full button fires once.</summary>
        public void Resume()
        {
            Paused = false;
            Command(Messages.Resume.Type, _json.Write(new Resume()));
        }

        /// <summary>Changes the settings that a JSON object names: merges the top level, replaces lists.</summary>
        public void ChangeSettings(string json)
        {
            var fields = json.Trim().TrimStart('{').Trim();
            var separator = fields == "}" ? "" : ",";
            Command(
                Messages.ChangeSettings.Type,
                "{\"type\":\"" + Messages.ChangeSettings.Type + "\"" + separator + fields);
        }

        /// <summary>With manual acknowledgement: all up to this trigger is applied, and saved by the game. One
        /// of another room says nothing of this one.</summary>
#pragma warning disable 618 // scripts may have kept it under its old name
        public void Acknowledge(GameEvent trigger)
#pragma warning restore 618
        {
            if (trigger.room_id != RoomId) return;
            _room.Delivery.Apply(new Cursor(trigger.epoch, trigger.seq));
        }

        /// <summary>Keeps the progress now, for an app that may be ended at any moment.</summary>
        public void Save()
        {
            Acknowledge(leaving: true);
            _room.Write();
        }

        /// <summary>Closes after all that was sent; the room is kept, and Open comes back to it.</summary>
        public void Close()
        {
            Save();
            _connection.Close(done: false);
        }

        /// <summary>Closes, and gives the room up: its summary is acknowledged, and nobody comes back.</summary>
        public void Leave()
        {
            _room.Delivery.ReleaseSummary();
            Acknowledge(leaving: true);
            _connection.Close(done: true);
            Depart();
            _room.Forget();
        }

        /// <summary>After Close or Leave: blocks until all is sent, 2 s at most, for a process that ends.</summary>
        public void FinishClosing()
        {
            _connection.FinishClosing();
        }

        void Command(string type, string text)
        {
            var sent = _connection.TrySend(text);
            _outbox.Add(type, text, sent);
            if (sent) AskForConfirmation();
        }

        // What was said in a room, and what was known of it, stays there. What was said before any room was
        // reached is for the one that will be.
        void Depart()
        {
            _unexplained = 0;
            if (!_room.WasReached) return;
            _outbox.Clear();
            InRound = Paused = false;
            Round = Viewers = 0;
            _summaryBy = _now;
        }

        void SendCommands()
        {
            if (_outbox.IsEmpty) return;
            _outbox.SendAll(text => _connection.TrySend(text));
            AskForConfirmation();
        }

        void AskForConfirmation()
        {
            _connection.TrySend(new Ping { t = _outbox.NextTicket() });
        }

        void Acknowledge(bool leaving)
        {
            Cursor ack;
            if (State == ConnectionState.Connected && _room.Delivery.TryAck(_now, leaving, out ack))
                _connection.TrySend(new Ack { epoch = ack.Epoch, seq = ack.Seq });
        }

        // Delegates combine with those of their own type only, and one that takes a trigger under its old
        // name is of another.
        static Action<ViewerTrigger> Exactly(Action<ViewerTrigger> handler)
        {
            var exact = handler == null || handler.GetType() == typeof(Action<ViewerTrigger>);
            return exact ? handler : new Action<ViewerTrigger>(handler.Invoke);
        }

        void Report(Problem problem)
        {
            _handlers.Tell(ref Error, problem);
        }
    }
}
