using System.Collections.Generic;

namespace Streamario
{
    /// <summary>A place in the room's log.</summary>
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

        /// <summary>Numbers before it never came.</summary>
        Ahead,
    }

    /// <summary>The order of one room's messages and their acknowledgement.</summary>
    /// <remarks>Two places matter: how far the game was handed messages, which tells duplicates, and how far
    /// it has applied them, from where the next socket goes on. A summary counts as applied only when the
    /// next round begins: an ended room whose summary is acknowledged takes its game back no more.</remarks>
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

        /// <summary>Where the next socket's log goes on.</summary>
        public Cursor Applied => _applied;

        /// <summary>The number of a summary that waits for the next round, or 0.</summary>
        public long HeldSummary => _hasSummary ? _summary.Seq : 0;

        /// <summary>The game had this summary in an earlier run.</summary>
        public void RestoreSummary(long seq)
        {
            HoldSummary(new Cursor(_applied.Epoch, seq));
        }

        /// <summary>A socket has the room, and sends what follows <c>start</c>.</summary>
        /// <remarks>Where that is further than here, somebody else has acknowledged what is missing.</remarks>
        public void Attached(Cursor start, bool recovered)
        {
            _asked = false;
            if (recovered && start.Seq > _handed.Seq) MoveTo(start);
            _acked = _applied;
        }

        /// <summary>What came before cannot be given any more.</summary>
        public void Jump(Cursor to)
        {
            MoveTo(to);
        }

        /// <summary>Judges a message, and notes it as handed over if it is the next.</summary>
        public Verdict Take(Cursor came)
        {
            long last;
            if (_handedIn.TryGetValue(came.Epoch, out last) && came.Seq <= last)
            {
                // It came again because the gateway does not know that it was applied.
                _asked |= !came.IsAfter(_applied);
                return Verdict.Duplicate;
            }
            if (came.Seq > _handed.Seq + 1) return Verdict.Ahead;
            _handed = came;
            _handedIn[came.Epoch] = came.Seq;
            return Verdict.Next;
        }

        /// <summary>Notes that the game has applied all up to this message.</summary>
        public void Apply(Cursor upTo)
        {
            if (upTo.IsAfter(_handed)) upTo = _handed;
            if (_hasSummary && !_released && upTo.Epoch == _summary.Epoch && upTo.Seq == _summary.Seq)
                upTo = new Cursor(upTo.Epoch, upTo.Seq - 1);
            if (upTo.IsAfter(_applied)) _applied = upTo;
            Settle();
        }

        /// <summary>The game was handed a summary, which waits for the next round.</summary>
        public void HoldSummary(Cursor summary)
        {
            _handed = summary;
            _handedIn[summary.Epoch] = summary.Seq;
            _summary = summary;
            _hasSummary = true;
            _released = false;
        }

        /// <summary>The next round was asked for, or the room is left: the summary may be acknowledged once
        /// all before it is applied.</summary>
        public void ReleaseSummary()
        {
            _released = true;
            Settle();
        }

        /// <summary>The acknowledgement that is due, at most one each 250 ms or 50 messages.</summary>
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

        void Settle()
        {
            if (!_hasSummary) return;
            var reached = !_summary.IsAfter(new Cursor(_applied.Epoch, _applied.Seq + 1));
            if (_released && reached && _summary.IsAfter(_applied)) _applied = _summary;
            if (!_summary.IsAfter(_applied)) _hasSummary = false;
        }

        void MoveTo(Cursor cursor)
        {
            long last;
            if (!_handedIn.TryGetValue(cursor.Epoch, out last) || cursor.Seq > last)
                _handedIn[cursor.Epoch] = cursor.Seq;
            _handed = _applied = _acked = cursor;
            _asked = false;
            _hasSummary = false;
        }
    }
}
