using System;
using Streamario.Messages;

namespace Streamario
{
    // Handles received messages and ended sockets.
    public sealed partial class GameClient : IConnectionOwner
    {
        const int UnexplainedRefusals = 5;
        const double UnexplainedAtStart = 60; // s, longer than a server takes to restart
        const double UnexplainedInPlay = 600; // s, twice the time that a round waits for its game
        const string InGame = "in_game";
        const string NotStarted = "game_not_started";
        const string RateLimited = "rate_limited";

        int _handedOver;
        int _unexplained;
        double _unexplainedSince;
        int _toldRound;
        int _endedRound;

        bool IConnectionOwner.HasEnough => _handedOver >= _options.TriggersPerTick;

        SocketRequest IConnectionOwner.NextRequest()
        {
            return _room.Exists ? Address.Resume(_options, Progressed()) : Address.NewRoom(_options);
        }

        void IConnectionOwner.Welcomed(object welcome)
        {
            _unexplained = 0;
            var created = welcome as RoomCreated;
            if (created != null) Opened(created);
            else ComeBack((RoomReady)welcome);
            _outbox.Meet(Round, InRound, _now);
            InRound |= _outbox.Holds(GameStart.Type);
            Paused &= InRound;
            SendCommands();
            CompleteStarts();
        }

        void IConnectionOwner.Announce(object welcome)
        {
            var created = welcome as RoomCreated;
            Reach(isNew: created != null);
            _opens.Complete(_opened);
            if (created != null) _handlers.Call(ref RoomOpened, created);
            else Announce((RoomReady)welcome);
        }

        void IConnectionOwner.Received(object message)
        {
            if (message is ViewerTrigger) Take((ViewerTrigger)message);
            else if (message is GameEndSummary) Take((GameEndSummary)message);
            else if (message is ViewerCountUpdate) Count((ViewerCountUpdate)message);
            else if (message is RoundUpdate) Take((RoundUpdate)message);
            else if (message is Gap) Jump((Gap)message);
            else if (message is Pong) Confirm((Pong)message);
            else if (message is Error) Refuse((Error)message);
        }

        void IConnectionOwner.Quiet()
        {
            _connection.TrySend(new Ping { t = _outbox.NextTicket() });
        }

        void IConnectionOwner.Unreadable(Exception problem)
        {
            Report(new Problem("bad_message", problem.Message, problem));
        }

        bool IConnectionOwner.GoesOnAfter(Ending ending)
        {
            if (IsRoomLost(ending))
            {
                LoseRoom(ending.Detail);
                return _options.NewRoomWhenLost;
            }
            return ending.After == After.ComeBack;
        }

        void IConnectionOwner.Changed(ConnectionState state, ConnectionDetail detail)
        {
            _handlers.Call(ref ConnectionChanged, state, detail);
            if (state == ConnectionState.Replaced) _handlers.Call(ref Replaced);
            var stopped = state == ConnectionState.Replaced || state == ConnectionState.Refused;
            // Unless a handler has opened it again.
            if (stopped && State == state) FailWaiters(detail);
        }

        // invalid_token means that the room's token has expired. Browsers hide why a handshake was refused;
        // if a gateway that is alive refuses repeatedly, the room counts as lost too. Any room may be refused
        // for a while, for example while Redis is away; one that this run has reached is waited for longer.
        bool IsRoomLost(Ending ending)
        {
            if (!_room.Exists) return false;
            if (ending.After == After.RoomGone || ending.Detail.Code == Ending.InvalidToken) return true;
            Count(ending);
            var patience = _room.WasReached ? UnexplainedInPlay : UnexplainedAtStart;
            return _unexplained >= UnexplainedRefusals && _now >= _unexplainedSince + patience;
        }

        void Count(Ending ending)
        {
            if (_unexplained == 0) _unexplainedSince = _now;
            _unexplained = ending.Unexplained ? _unexplained + 1 : 0;
        }

        void LoseRoom(ConnectionDetail why)
        {
            _room.Forget();
            _outbox.LoseRoom();
            InRound = _outbox.WillRun;
            Paused &= InRound;
            Round = Viewers = _toldRound = _endedRound = 0;
            _handlers.Call(ref RoomLost, why);
        }

        SavedRoom Progressed()
        {
            _room.SaveIfDue(_now);
            return _room.Resumption;
        }

        void Opened(RoomCreated room)
        {
            _room.Created(room);
            InRound = false;
            Round = _toldRound = _endedRound = 0;
        }

        void ComeBack(RoomReady room)
        {
            _room.Ready(room);
            InRound = room.status == InGame;
            if (InRound || Round > 0 && room.round > Round) _room.Delivery.ReleaseSummary();
            Round = room.round;
            // A server that lost data may be in an earlier round, or in one of which it lost the end.
            _toldRound = Math.Min(_toldRound, Round);
            _endedRound = Math.Min(_endedRound, InRound ? Round - 1 : Round);
        }

        // A handler may switch to another room.
        void Announce(RoomReady room)
        {
            _handlers.Call(ref Resumed, room);
            if (room.status == InGame && room.room_id == RoomId) TellRoundStarted(room.round);
        }

        void Take(ViewerTrigger trigger)
        {
            var came = new Cursor(trigger.epoch, trigger.seq);
            if (!IsNew(came)) return;
            _handedOver++;
            if (_room.Unheard.Count == 0 && _handlers.Any(ref _trigger)) HandOver(trigger);
            else _room.Unheard.Enqueue(trigger);
        }

        void HandOver(ViewerTrigger trigger)
        {
            _handlers.Call(ref _trigger, trigger);
            if (_options.Acknowledgement == Acknowledgement.WhenHandled)
                _room.Delivery.Apply(new Cursor(trigger.epoch, trigger.seq));
        }

        // Triggers that arrived while there was no handler, for example between two scenes. A handler may
        // switch to another room.
        void HandOverUnheard()
        {
            while (State == ConnectionState.Connected && _handedOver < _options.TriggersPerTick
                && _room.Unheard.Count > 0 && _handlers.Any(ref _trigger))
            {
                _handedOver++;
                HandOver(_room.Unheard.Dequeue());
            }
        }

        void Take(GameEndSummary summary)
        {
            var came = new Cursor(summary.epoch, summary.seq);
            if (!IsNew(came)) return;
            _room.Delivery.HoldSummary(came);
            _endedRound = Math.Max(_endedRound, summary.round);
            if (summary.round < Round) _room.Delivery.ReleaseSummary();
            else End(summary);
            _room.Write();
            _handlers.Call(ref RoundEnded, summary);
            TellRoundEnded(summary);
        }

        void End(GameEndSummary summary)
        {
            End(summary.round);
            _ends.Complete(summary);
        }

        void End(int round)
        {
            Round = round;
            InRound = _outbox.GoesOnAfter(round);
            Paused &= InRound;
        }

        bool IsNew(Cursor came)
        {
            var delivery = _room.Delivery;
            var verdict = delivery.Take(came);
            if (verdict != Verdict.Ahead) return verdict == Verdict.Next;
            Jump(new Gap { epoch = came.Epoch, last_seq = came.Seq - 1 });
            // A handler may have switched to another room.
            return delivery == _room.Delivery && delivery.Take(came) == Verdict.Next;
        }

        void Jump(Gap gap)
        {
            _room.Delivery.Jump(new Cursor(gap.epoch, gap.last_seq));
            _handlers.Call(ref Gap, gap);
        }

        void Count(ViewerCountUpdate update)
        {
            Viewers = update.viewer_count;
            _handlers.Call(ref ViewerCount, Viewers);
        }

        void Confirm(Pong pong)
        {
            var opened = _outbox.Confirm(pong.t);
            if (opened > Round)
            {
                Round = opened;
                _room.Delivery.ReleaseSummary();
                TellRoundStarted(opened);
            }
            CompleteStarts();
        }

        // It may come after the summary of the same round: a round that has ended does not run again. A pause
        // or resume of this game that is not confirmed yet counts more.
        void Take(RoundUpdate update)
        {
            var running = update.status == InGame;
            if (update.round < Round || running && update.round <= _endedRound) return;
            if (update.round > Round) _room.Delivery.ReleaseSummary();
            if (running) Run(update.round);
            else End(update.round);
            if (!_outbox.Holds(Messages.Pause.Type) && !_outbox.Holds(Messages.Resume.Type))
                Paused = update.paused;
            Paused &= InRound;
            if (running) TellRoundStarted(update.round);
            _handlers.Call(ref RoundChanged, update);
        }

        void Run(int round)
        {
            Round = round;
            InRound = true;
            _outbox.Follow(round);
        }

        void TellRoundStarted(int round)
        {
            if (round <= _toldRound) return;
            _toldRound = round;
            _handlers.Call(ref RoundStarted, round);
        }

        void Refuse(Error error)
        {
            if (error.code == NotStarted) Paused = false;
            if (error.code == NotStarted && _outbox.Holds(GameEnd.Type)) TellNoRound();
            if (error.code == RateLimited) RefuseStart(error);
            Report(new Problem(error.code, error.message));
        }

        void TellNoRound()
        {
            _ends.Complete(null);
            TellRoundEnded(null);
        }

        void TellRoundEnded(GameEndSummary summary)
        {
            var ended = _roundEnded;
            _roundEnded = null;
            _handlers.Call(ref ended, summary);
        }
    }
}
