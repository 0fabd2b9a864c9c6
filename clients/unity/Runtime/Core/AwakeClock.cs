using System;

namespace Streamario
{
    /// <summary>Time that the main loop was awake (s).</summary>
    /// <remarks>While a scene loads, nothing is sent and nothing is taken: that time says nothing of the
    /// other end, and a deadline must not pass in it.</remarks>
    sealed class AwakeClock
    {
        const double LongestStep = 1;
        const double Stall = 5;

        double _last = double.NaN;

        public double Time { get; private set; }

        /// <summary>Whether the loop stood still before this step.</summary>
        public bool Stalled { get; private set; }

        public void Advance(double now)
        {
            var step = double.IsNaN(_last) ? 0 : Math.Max(0, now - _last);
            _last = now;
            Stalled = step > Stall;
            Time += Math.Min(step, LongestStep);
        }
    }
}
