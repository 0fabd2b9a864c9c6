using System;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>A game's client: it passes every trigger of the room to the game once and in order, also
    /// after reconnects.</summary>
    /// <remarks>Call it, and expect its events, on the thread that calls Tick.</remarks>
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

        /// <param name="sockets">Creates a new socket for each attempt.</param>
        /// <param name="random">Returns numbers from 0 to 1, for the jitter of reconnects.</param>
        public GameClient(
            ClientOptions options, Func<ISocket> sockets, IJson json, IStore store, Func<double> random)
        {
            _options = options;
            _json = json;
            _handlers = new Handlers(options.IsAlive, Report);
            _connection = new Connection(options, sockets, json, this, random);
            _room = new Room(store, Address.Normalise(options.Server));
            _opens = new Waiters<OpenedRoom>(_completions);
            _starts = new Waiters<int>(_completions);
            _ends = new Waiters<GameEndSummary>(_completions);
        }

        /// <summary>A trigger fired. While there is no handler, triggers are queued.</summary>
        public event Action<ViewerTrigger> Trigger
        {
            add { _trigger += Exactly(value); }
            remove { _trigger -= Exactly(value); }
        }

        /// <summary>The client opened a new room: show its web_url to the audience.</summary>
        public event Action<RoomCreated> RoomOpened;

        /// <summary>The client resumed its room after a drop or a restart; missed triggers
        /// follow.</summary>
        public event Action<RoomReady> Resumed;

        /// <summary>The room that the client tried to resume is gone.</summary>
        public event Action<ConnectionDetail> RoomLost;

        /// <summary>The number of active viewers changed.</summary>
        public event Action<int> ViewerCount;

        /// <summary>A round runs: this game's, once the server has confirmed it, or one that a press or the
        /// streamer opened. Each round is told once, also one that already runs when the game comes back.
        /// The value is its number.</summary>
        public event Action<int> RoundStarted;

        public event Action<GameEndSummary> RoundEnded;

        /// <summary>The server told how the round is: after each connection, and whenever the game, the
        /// streamer, a press or the time limit has changed it. InRound, Paused and Round follow it.</summary>
        public event Action<RoundUpdate> RoundChanged;

        /// <summary>The server lost data. Triggers up to last_seq that have not come yet are lost; numbers
        /// continue after it.</summary>
        public event Action<Gap> Gap;

        /// <summary>Another game has taken over the room; this client stops.</summary>
        public event Action Replaced;

        public event Action<ConnectionState, ConnectionDetail> ConnectionChanged;

        public event Action<Problem> Error;

        public ConnectionState State => _connection.State;

        /// <summary>The room's id; empty while there is no room.</summary>
        public string RoomId => _room.Id;

        /// <summary>The URL of the viewers' page; empty until the client has connected to the
        /// room.</summary>
        public string WebUrl => _room.WebUrl;

        /// <summary>The server's REST interface, as the server of the room's token names it; empty until then.</summary>
        internal string ApiUrl => _room.ApiUrl;

        /// <summary>Proves that the room is this game's; empty while there is none.</summary>
        internal string RoomToken => _room.Token;

        public int Viewers { get; private set; }

        /// <summary>Whether a round is running, as far as the client knows.</summary>
        public bool InRound { get; private set; }

        /// <summary>Whether the round's triggers are paused, as far as the client knows.</summary>
        public bool Paused { get; private set; }

        /// <summary>The number of the running or last round; 0 until it is known. A started round counts
        /// once the server has confirmed it.</summary>
        public int Round { get; private set; }

        /// <summary>Connects to the room of an earlier run if there is one, else to a new one.</summary>
        public void Open()
        {
            _connection.Open();
        }

        /// <summary>Connects to a room that was opened through POST /api/rooms; closes any other room
        /// first, as Close does.</summary>
        public void Open(string roomId, string roomToken)
        {
            var elsewhere = _room.Id != roomId;
            // An attempt in progress uses another token.
            if (elsewhere || State != ConnectionState.Connected) Disconnect();
            if (elsewhere) Depart();
            _room.Adopt(roomId, roomToken);
            _connection.Open();
        }

        /// <summary>Connects, sends, and calls the handlers of received messages. Call it once per frame;
        /// <c>now</c> is s on a monotonic clock.</summary>
        public void Tick(double now)
        {
            _now = now;
            _handedOver = 0;
            if (_opens.AnyCancelled) Close();
            HandOverUnheard();
            _connection.Tick(now);
            ConfirmAnswers();
            Acknowledge(leaving: false);
            _room.SaveIfDue(now);
            if (_roundEnded != null && now >= _summaryBy) TellRoundEnded(null);
            CompleteEnds();
            _completions.Run();
        }

        /// <summary>Starts a round. Does nothing while one is running.</summary>
        public void StartRound()
        {
            if (!InRound || !_outbox.WillRun) Paused = false;
            InRound = true;
            Command(GameStart.Type, _json.Write(new GameStart()));
        }

        /// <summary>Ends the round; <c>ended</c> receives its summary, or null if none arrived within 5
        /// s.</summary>
        public void EndRound(Action<GameEndSummary> ended = null)
        {
            if (ended != null)
            {
                _roundEnded += ended;
                _summaryBy = _now + SummaryWithin;
            }
            Command(GameEnd.Type, _json.Write(new GameEnd()));
        }

        /// <summary>Stops triggers until Resume; presses still count.</summary>
        public void Pause()
        {
            Paused = true;
            Command(Messages.Pause.Type, _json.Write(new Pause()));
        }

        /// <summary>Allows triggers again: what is full fires with the next press.</summary>
        public void Resume()
        {
            Resume(discard: false);
        }

        /// <summary>Allows triggers again; with <c>discard</c> no button fires, and all counts begin at
        /// zero.</summary>
        public void Resume(bool discard)
        {
            Paused = false;
            Command(Messages.Resume.Type, _json.Write(new Resume { discard = discard }));
        }

        /// <summary>Changes the settings that a JSON object contains: it merges the top level and replaces
        /// lists. What the server refuses comes as an Error with code invalid_settings that names the
        /// fields.</summary>
        public void ChangeSettings(string json)
        {
            var fields = json.Trim().TrimStart('{').Trim();
            var separator = fields == "}" ? "" : ",";
            Command(
                Messages.ChangeSettings.Type,
                "{\"type\":\"" + Messages.ChangeSettings.Type + "\"" + separator + fields);
        }

        /// <summary>Changes the settings that are set, as the other ChangeSettings does.</summary>
        public void ChangeSettings(RoomSettings settings)
        {
            ChangeSettings(settings.ToJson());
        }

        /// <summary>With manual acknowledgement: the game has applied and saved all triggers up to this
        /// one. Ignored if the trigger is of another room.</summary>
#pragma warning disable 618 // scripts may use the old name
        public void Acknowledge(GameEvent trigger)
#pragma warning restore 618
        {
            if (trigger.room_id != RoomId) return;
            _room.Delivery.Apply(new Cursor(trigger.epoch, trigger.seq));
        }

        /// <summary>Saves the progress now, for an app that may be terminated at any moment.</summary>
        public void Save()
        {
            Acknowledge(leaving: true);
            _room.Write();
        }

        /// <summary>Sends the queue, then closes. The room stays, and Open resumes it. Awaited calls are
        /// cancelled.</summary>
        public void Close()
        {
            Disconnect();
            CancelWaiters();
            _completions.Run();
        }

        /// <summary>Closes and gives up the room: the client acknowledges its summary and forgets
        /// it.</summary>
        public void Leave()
        {
            _room.Delivery.ReleaseSummary();
            Acknowledge(leaving: true);
            _connection.Close(done: true);
            Depart();
            _room.Forget();
            CancelWaiters();
            _completions.Run();
        }

        /// <summary>After Close or Leave: blocks until everything is sent, at most 2 s. For a process that
        /// exits.</summary>
        public void FinishClosing()
        {
            _connection.FinishClosing();
        }

        void Disconnect()
        {
            Save();
            _connection.Close(done: false);
        }

        void Command(string type, string text)
        {
            var sent = _connection.TrySend(text);
            _outbox.Add(type, text, sent);
            if (sent) AskForConfirmation();
        }

        // Commands and state of a room are dropped with it. Commands from before the first connection are
        // kept for the next room.
        void Depart()
        {
            _unexplained = 0;
            if (!_room.WasReached) return;
            _outbox.Clear();
            CancelWaiters();
            InRound = Paused = false;
            Round = Viewers = _toldRound = _endedRound = 0;
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

        // Delegates combine only with delegates of the same type; a handler of the old type GameEvent is an
        // Action of another type.
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
