using System;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>The calls that a connection makes on its GameClient.</summary>
    interface IConnectionOwner
    {
        /// <summary>The handshake of the next socket.</summary>
        SocketRequest NextRequest();

        /// <summary>A socket has attached to the room; from now on it is the current one.</summary>
        void Welcomed(object welcome);

        /// <summary>The game's handlers may now be called with the welcome.</summary>
        void Announce(object welcome);

        void Received(object message);

        /// <summary>Nothing has arrived for a while: time for a ping.</summary>
        void Quiet();

        /// <summary>A message could not be parsed.</summary>
        void Unreadable(Exception problem);

        /// <summary>Whether to connect again after this ending, with another NextRequest.</summary>
        bool GoesOnAfter(Ending ending);

        /// <summary>Whether the limit of triggers in this tick is reached.</summary>
        bool HasEnough { get; }

        void Changed(ConnectionState state, ConnectionDetail detail);
    }

    /// <summary>Keeps one socket attached to the room, and replaces it when it is lost.</summary>
    /// <remarks>At most one socket is the current one: the game receives messages only from it, and only
    /// its end matters. A successor becomes the current one when its welcome arrives; released sockets
    /// finish sending.</remarks>
    sealed class Connection
    {
        const double StableAfter = 5;
        const int Leaving = 1001;
        const int Done = 1000;

        readonly ClientOptions _options;
        readonly Func<ISocket> _sockets;
        readonly IJson _json;
        readonly IConnectionOwner _owner;
        readonly Backoff _backoff;
        readonly AwakeClock _clock = new AwakeClock();
        readonly ClosingLinks _closing = new ClosingLinks();

        Link _current;
        Link _successor;
        double _now;
        double _dialAt = double.PositiveInfinity;
        double _stableAt;
        int _openings;

        public Connection(
            ClientOptions options,
            Func<ISocket> sockets,
            IJson json,
            IConnectionOwner owner,
            Func<double> random)
        {
            _options = options;
            _sockets = sockets;
            _json = json;
            _owner = owner;
            _backoff = new Backoff(random);
        }

        public ConnectionState State { get; private set; } = ConnectionState.Idle;

        bool IsWanted => State == ConnectionState.Connecting
            || State == ConnectionState.Connected
            || State == ConnectionState.Waiting;

        public void Open()
        {
            if (IsWanted) return;
            // The closed socket still sends its queue.
            if (State == ConnectionState.Closing) EndClosing();
            if (IsWanted) return; // a handler opened it
            _openings++;
            _backoff.Reset();
            _dialAt = double.NegativeInfinity;
            Change(ConnectionState.Connecting, ConnectionDetail.None);
        }

        public void Tick(double now)
        {
            _now = now;
            _clock.Advance(now);
            _closing.Follow(now);
            if (IsWanted) KeepUp();
            else if (State == ConnectionState.Closing && _closing.AreOver) EndClosing();
        }

        /// <summary>Sends on the current socket, if there is one.</summary>
        public bool TrySend(string text)
        {
            if (_current == null) return false;
            _current.SendText(text);
            return true;
        }

        public bool TrySend<T>(T message)
        {
            return TrySend(_json.Write(message));
        }

        /// <summary>Closes after sending the queue; <c>done</c> tells the gateway that the game is
        /// over.</summary>
        public void Close(bool done)
        {
            if (!IsWanted) return;
            _dialAt = double.PositiveInfinity;
            var code = done ? Done : Leaving;
            _closing.LetGo(ref _successor, code, _now);
            _closing.LetGo(ref _current, code, _now);
            Change(ConnectionState.Closing, ConnectionDetail.None);
        }

        /// <summary>Blocks until everything is sent and closed, for a process that exits.</summary>
        public void FinishClosing()
        {
            _closing.Finish();
            if (State == ConnectionState.Closing) EndClosing();
        }

        void KeepUp()
        {
            if (_now >= _dialAt) Dial();
            if (_successor != null) FollowSuccessor();
            if (_current != null) FollowCurrent();
            if (_current != null && _now >= _stableAt) _backoff.Reset();
        }

        void Dial()
        {
            _dialAt = double.PositiveInfinity;
            _successor = new Link(
                _sockets(), _json, _owner.NextRequest(), _clock, _options.GiveUpAfter);
            if (State == ConnectionState.Waiting) Change(ConnectionState.Connecting, ConnectionDetail.None);
        }

        void FollowSuccessor()
        {
            var link = _successor;
            while (link == _successor && link.Welcome == null && Read(link) != null) { }
            if (link != _successor) return; // a handler closed it
            link.Check(_clock);
            if (link.Welcome != null) Promote();
            else if (link.Ending != null) Abandon();
        }

        void Promote()
        {
            // Unread messages of the old socket arrive on the new one, which resumes from what was applied.
            _closing.LetGo(ref _current, Done, _now);
            _current = _successor;
            _successor = null;
            _stableAt = _now + StableAfter;
            var moved = State == ConnectionState.Connected;
            State = ConnectionState.Connected;
            // Queued commands are sent before those of the game's handlers.
            _owner.Welcomed(_current.Welcome);
            if (!moved) _owner.Changed(State, ConnectionDetail.None);
            if (_current != null) _owner.Announce(_current.Welcome);
        }

        void Abandon()
        {
            var ending = _successor.Ending;
            _successor.Abort();
            _successor = null;
            if (_current == null) EndWith(ending);
            else _dialAt = _now + _backoff.Next(ending.RetryAfter);
        }

        void FollowCurrent()
        {
            object message;
            var link = _current;
            while (link == _current && !_owner.HasEnough && (message = Read(link)) != null) Take(message);
            if (link != _current) return;
            if (link.Check(_clock) == Beat.Ping) _owner.Quiet();
            if (link.Ending != null) LoseCurrent();
        }

        void Take(object message)
        {
            var reconnect = message as Reconnect;
            if (reconnect == null) _owner.Received(message);
            else if (!_current.ToldToMove)
            {
                _current.ToldToMove = true;
                if (_successor == null) _dialAt = _now + reconnect.after_ms / 1000.0;
            }
        }

        void LoseCurrent()
        {
            var link = _current;
            _closing.LetGo(ref _current, Leaving, _now);
            // The successor that is connecting may be the one that replaced it.
            if (_successor != null) Change(ConnectionState.Connecting, link.Ending.Detail);
            else if (link.ToldToMove && _dialAt < double.PositiveInfinity) MoveNow(link.Ending);
            else EndWith(link.Ending);
        }

        void MoveNow(Ending ending)
        {
            _dialAt = _now;
            Change(ConnectionState.Waiting, ending.Detail);
        }

        void EndWith(Ending ending)
        {
            if (ending.After == After.Replaced)
            {
                Stop(ConnectionState.Replaced, ending.Detail);
                return;
            }
            var openings = _openings;
            var goesOn = _owner.GoesOnAfter(ending);
            if (!IsWanted || _openings != openings) return; // a handler closed or reopened it
            if (goesOn) WaitAfter(ending);
            else Stop(ConnectionState.Refused, ending.Detail);
        }

        void WaitAfter(Ending ending)
        {
            var gone = ending.After == After.RoomGone;
            var delay = gone ? 0 : _backoff.Next(ending.RetryAfter);
            _dialAt = _now + delay;
            _closing.LetGo(ref _current, Leaving, _now);
            var detail = ending.Detail;
            Change(ConnectionState.Waiting, new ConnectionDetail(
                detail.Code, detail.Message, detail.CloseCode, detail.HttpStatus, delay));
        }

        void Stop(ConnectionState state, ConnectionDetail detail)
        {
            _dialAt = double.PositiveInfinity;
            _closing.LetGo(ref _successor, Leaving, _now);
            _closing.LetGo(ref _current, Leaving, _now);
            Change(state, detail);
        }

        void EndClosing()
        {
            Change(ConnectionState.Closed, ConnectionDetail.None);
        }

        object Read(Link link)
        {
            while (true)
            {
                try
                {
                    return link.Read();
                }
                catch (Exception problem)
                {
                    _owner.Unreadable(problem);
                }
            }
        }

        void Change(ConnectionState state, ConnectionDetail detail)
        {
            State = state;
            _owner.Changed(state, detail);
        }
    }
}
