using System;

namespace Streamario
{
    /// <summary>Exponential backoff with full jitter: the wait before the next attempt.</summary>
    /// <remarks>The jitter spreads the reconnects of games that one gateway dropped together. See
    /// "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).</remarks>
    sealed class Backoff
    {
        public const double First = 0.5;
        public const double Longest = 15;

        readonly Func<double> _random;
        double _bound = First;

        /// <param name="random">Returns numbers from 0 to 1.</param>
        public Backoff(Func<double> random)
        {
            _random = random;
        }

        /// <summary>The wait (s), at least <c>retryAfter</c>, which the server asked for.</summary>
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
