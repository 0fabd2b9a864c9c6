using System;

namespace Streamario
{
    /// <summary>The time (s) during which the main loop ran.</summary>
    /// <remarks>While a scene loads, the client neither sends nor reads. Silence during that time does not
    /// mean that the gateway is gone, so no deadline must pass in it.</remarks>
    sealed class AwakeClock
    {
        const double LongestStep = 1;
        const double Stall = 5;

        double _last = double.NaN;

        public double Time { get; private set; }

        /// <summary>Whether the main loop stalled before this step.</summary>
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
