namespace Streamario
{
    enum Beat
    {
        None,
        Ping,
        Dead,
    }

    /// <summary>Distinguishes a quiet socket from a dead one, by the time that the main loop ran.</summary>
    sealed class KeepAlive
    {
        readonly double _pingAfter;
        readonly double _giveUpAfter;
        int _arrivals;
        double _quietSince;
        bool _pinged;
        bool _excused;

        public KeepAlive(double awake, double giveUpAfter)
        {
            _pingAfter = giveUpAfter * 2 / 5;
            _giveUpAfter = giveUpAfter;
            _quietSince = awake;
        }

        /// <summary>What to do about silence. After a stalled main loop or a suspended app, the
        /// connection may be lost: it asks for a ping at once, and gives the gateway the usual time to
        /// answer.</summary>
        public Beat Check(AwakeClock clock, int arrivals)
        {
            if (arrivals != _arrivals) Hear(clock.Time, arrivals);
            if (clock.Stalled && !_excused) return Excuse(clock.Time);
            var silence = clock.Time - _quietSince;
            if (silence >= _giveUpAfter) return Beat.Dead;
            return _pinged || silence < _pingAfter ? Beat.None : Ask();
        }

        void Hear(double awake, int arrivals)
        {
            _arrivals = arrivals;
            _quietSince = awake;
            _pinged = false;
            _excused = false;
        }

        Beat Excuse(double awake)
        {
            _excused = true;
            _quietSince = awake - _pingAfter;
            return Ask();
        }

        Beat Ask()
        {
            _pinged = true;
            return Beat.Ping;
        }
    }
}
