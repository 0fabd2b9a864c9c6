using System.Threading;
using System.Threading.Tasks;
using Streamario.Messages;

namespace Streamario
{
    // Calls that a game can await.
    public sealed partial class GameClient
    {
        readonly Completions _completions = new Completions();
        readonly Waiters<OpenedRoom> _opens;
        readonly Waiters<int> _starts;
        readonly Waiters<GameEndSummary> _ends;
        OpenedRoom _opened;
        double _endedBy = double.PositiveInfinity;

        /// <summary>Opens as Open does, and waits for the room, over as many attempts as it takes.</summary>
        /// <remarks>Like all these tasks it ends in Tick, so that what follows runs on Tick's thread. Throws
        /// StreamarioException if the server refuses the game, or another game takes the room over, and
        /// OperationCanceledException after Close. Cancelling closes, as Close does.</remarks>
        public Task<OpenedRoom> OpenAsync(CancellationToken cancel = default(CancellationToken))
        {
            if (cancel.IsCancellationRequested) return Task.FromCanceled<OpenedRoom>(cancel);
            Open();
            return Reached(cancel);
        }

        /// <summary>Opens as Open does, and waits for the room as the other OpenAsync does.</summary>
        public Task<OpenedRoom> OpenAsync(
            string roomId, string roomToken, CancellationToken cancel = default(CancellationToken))
        {
            if (cancel.IsCancellationRequested) return Task.FromCanceled<OpenedRoom>(cancel);
            Open(roomId, roomToken);
            return Reached(cancel);
        }

        /// <summary>Starts a round as StartRound does, and waits until the server has confirmed it, also over
        /// a reconnect.</summary>
        /// <remarks>Throws StreamarioException if the server refuses it (rate_limited) or the client stops,
        /// and OperationCanceledException after Close.</remarks>
        public Task StartRoundAsync()
        {
            StartRound();
            return _starts.Add(_outbox.LastAdded);
        }

        /// <summary>Ends the round as EndRound does, and waits for its summary, also over a reconnect: null if
        /// none arrived within 5 s of the end, or no round was running. Throws as StartRoundAsync
        /// does.</summary>
        public Task<GameEndSummary> EndRoundAsync()
        {
            var ended = _ends.Add(CancellationToken.None);
            EndRound();
            return ended;
        }

        Task<OpenedRoom> Reached(CancellationToken cancel)
        {
            return State == ConnectionState.Connected ? Task.FromResult(_opened) : _opens.Add(cancel);
        }

        void Reach(bool isNew)
        {
            _opened = new OpenedRoom(RoomId, WebUrl, isNew);
        }

        void CompleteStarts()
        {
            _starts.CompleteUnless(ticket => _outbox.Holds(GameStart.Type, ticket), 0);
        }

        void RefuseStart(Error error)
        {
            long ticket;
            if (!_outbox.RefuseStart(Round, out ticket)) return;
            InRound = _outbox.WillRun;
            Paused &= InRound;
            _starts.Fail(ticket, new StreamarioException(error.code, error.message));
        }

        // The end is confirmed, or was told by the room's state: its summary follows, if it is not lost.
        void CompleteEnds()
        {
            var hasEnded = State == ConnectionState.Connected && !_outbox.Holds(GameEnd.Type);
            if (!_ends.Any || !hasEnded) _endedBy = double.PositiveInfinity;
            else if (double.IsPositiveInfinity(_endedBy)) _endedBy = _now + SummaryWithin;
            else if (_now >= _endedBy) _ends.Complete(null);
        }

        void FailWaiters(ConnectionDetail why)
        {
            var problem = new StreamarioException(why);
            _opens.Fail(problem);
            _starts.Fail(problem);
            _ends.Fail(problem);
        }

        /// <summary>What is awaited never ends, as a coroutine of an object that is gone: for an engine that would
        /// log what is cancelled when the game quits.</summary>
        internal void DropAwaited()
        {
            _opens.Drop();
            _starts.Drop();
            _ends.Drop();
        }

        void CancelWaiters()
        {
            _opens.Cancel();
            _starts.Cancel();
            _ends.Cancel();
        }
    }
}
