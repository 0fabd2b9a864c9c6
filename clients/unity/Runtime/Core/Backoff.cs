using System;

namespace Streamario
{
    /// <summary>How long to wait before the next attempt: anything up to a bound that doubles.</summary>
    /// <remarks>Games that one gateway dropped together do not come back together. Exponential backoff with
    /// full jitter, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).</remarks>
    sealed class Backoff
    {
        public const double First = 0.5;
        public const double Longest = 15;

        readonly Func<double> _random;
        double _bound = First;

        /// <param name="random">Gives numbers from 0 to 1.</param>
        public Backoff(Func<double> random)
        {
            _random = random;
        }

        /// <summary>The wait (s); what the server asked for is its least.</summary>
        public double Next(double retryAfter)
        {
            var delay = _random() * _bound;
            _bound = Math.Min(2 * _bound, Longest);
            return retryAfter + delay;
        }

        public void Reset()
        {
            _bound = First;
        }
    }
}
