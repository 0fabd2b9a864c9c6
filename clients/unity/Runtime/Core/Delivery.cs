using System.Collections.Generic;

namespace Streamario
{
    /// <summary>A position in the room's log.</summary>
    struct Cursor
    {
        public readonly long Epoch;
        public readonly long Seq;

        public Cursor(long epoch, long seq)
        {
            Epoch = epoch;
            Seq = seq;
        }

        public bool IsAfter(Cursor other)
        {
            return Epoch != other.Epoch ? Epoch > other.Epoch : Seq > other.Seq;
        }
    }

    enum Verdict
    {
        Next,
        Duplicate,

        /// <summary>Messages before it are missing.</summary>
        Ahead,
    }

    /// <summary>The order of one room's messages, and their acknowledgement.</summary>
    /// <remarks>It has two positions: the last message handed to the game, to recognise duplicates, and
    /// the last message applied, from which the next socket resumes. A summary counts as applied only
    /// when the next round begins: once the summary of an ended round is acknowledged, the gateway lets
    /// no game resume the room.</remarks>
    sealed class Delivery
    {
        const double AckEvery = 0.25;
        const int AckAtOnce = 50;

        readonly Dictionary<long, long> _handedIn = new Dictionary<long, long>();
        Cursor _handed;
        Cursor _applied;
        Cursor _summary;
        bool _hasSummary;
        bool _released;
        Cursor _acked;
        bool _asked;
        double _ackedAt = double.NegativeInfinity;

        public Delivery(Cursor applied)
        {
            MoveTo(applied);
        }

        /// <summary>The position from which the next socket resumes.</summary>
        public Cursor Applied => _applied;

        /// <summary>The number of a summary that waits for the next round, or 0.</summary>
        public long HeldSummary => _hasSummary ? _summary.Seq : 0;

        /// <summary>The game received this summary in an earlier run. Messages before it may still be to
        /// come.</summary>
        public void RestoreSummary(long seq)
        {
            Hold(new Cursor(_applied.Epoch, seq));
        }

        /// <summary>A socket has attached, and sends the messages after <c>start</c>.</summary>
        /// <remarks>If <c>start</c> is later than our position, another game acknowledged the messages in
        /// between.</remarks>
        public void Attached(Cursor start, bool recovered)
        {
            _asked = false;
            if (recovered && start.Seq > _handed.Seq) MoveTo(start);
            _acked = _applied;
        }

        /// <summary>Continues after a gap: earlier messages are lost.</summary>
        public void Jump(Cursor to)
        {
            MoveTo(to);
        }

        /// <summary>Classifies a message, and records it as handed to the game if it is the next. A summary
        /// of an earlier run is in order, but a duplicate.</summary>
        public Verdict Take(Cursor came)
        {
            long last;
            if (_handedIn.TryGetValue(came.Epoch, out last) && came.Seq <= last)
            {
                // The gateway repeats a message that was applied: the acknowledgement was lost.
                _asked |= !came.IsAfter(_applied);
                return Verdict.Duplicate;
            }
            if (came.Seq > _handed.Seq + 1) return Verdict.Ahead;
            Hand(came);
            return IsHeld(came) ? Verdict.Duplicate : Verdict.Next;
        }

        /// <summary>Records that the game has applied all messages up to this one.</summary>
        public void Apply(Cursor upTo)
        {
            if (upTo.IsAfter(_handed)) upTo = _handed;
            if (IsHeld(upTo) && !_released) upTo = new Cursor(upTo.Epoch, upTo.Seq - 1);
            if (upTo.IsAfter(_applied)) _applied = upTo;
            Settle();
        }

        /// <summary>The game received a summary, which is acknowledged only in the next round.</summary>
        public void HoldSummary(Cursor summary)
        {
            Hand(summary);
            Hold(summary);
        }

        /// <summary>The game starts the next round or leaves the room: the summary may be acknowledged
        /// once all messages before it are applied.</summary>
        public void ReleaseSummary()
        {
            _released = true;
            Settle();
        }

        /// <summary>The acknowledgement that is due: at most one per 250 ms, sooner after 50
        /// messages.</summary>
        public bool TryAck(double now, bool leaving, out Cursor ack)
        {
            ack = _applied;
            if (!_asked && !_applied.IsAfter(_acked)) return false;
            var many = _applied.Epoch != _acked.Epoch || _applied.Seq - _acked.Seq >= AckAtOnce;
            if (!leaving && !many && now < _ackedAt + AckEvery) return false;
            _acked = _applied;
            _asked = false;
            _ackedAt = now;
            return true;
        }

        void Hand(Cursor message)
        {
            _handed = message;
            _handedIn[message.Epoch] = message.Seq;
        }

        void Hold(Cursor summary)
        {
            _summary = summary;
            _hasSummary = true;
            _released = false;
        }

        bool IsHeld(Cursor position)
        {
            return _hasSummary && position.Epoch == _summary.Epoch && position.Seq == _summary.Seq;
        }

        void Settle()
        {
            if (!_hasSummary) return;
            var reached = !_summary.IsAfter(new Cursor(_applied.Epoch, _applied.Seq + 1));
            if (_released && reached && _summary.IsAfter(_applied))
            {
                _applied = _summary;
                if (_summary.IsAfter(_handed)) Hand(_summary);
            }
            if (!_summary.IsAfter(_applied)) _hasSummary = false;
        }

        void MoveTo(Cursor cursor)
        {
            long last;
            if (!_handedIn.TryGetValue(cursor.Epoch, out last) || cursor.Seq > last)
                _handedIn[cursor.Epoch] = cursor.Seq;
            _handed = _applied = _acked = cursor;
            _asked = false;
            _hasSummary &= cursor.Epoch == _summary.Epoch && _summary.IsAfter(cursor);
        }
    }
}
