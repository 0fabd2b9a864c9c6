using System.Collections.Generic;

namespace Streamario
{
    /// <summary>A line that is shown for a moment.</summary>
    sealed class Toast
    {
        public string Text;
        public int Times = 1;

        /// <summary>When it goes (s); while it waits, 0.</summary>
        public double Until;

        public override string ToString() => Times == 1 ? Text : Text + " ×" + Times;
    }

    /// <summary>Lines one below the other, each for a few seconds. What does not fit waits; the same line
    /// again counts up.</summary>
    sealed class ToastQueue
    {
        const int MostWaiting = 20;

        readonly List<Toast> _shown = new List<Toast>();
        readonly List<Toast> _waiting = new List<Toast>();
        readonly int _most;
        readonly double _seconds;

        /// <param name="most">The most lines at once.</param>
        /// <param name="seconds">How long a line stays.</param>
        public ToastQueue(int most, double seconds)
        {
            _most = most;
            _seconds = seconds;
        }

        /// <summary>Oldest first.</summary>
        public IReadOnlyList<Toast> Shown => _shown;

        /// <summary>Adds a line. Of a crowd's hundreds, those that wait longest are left out.</summary>
        public void Add(string text)
        {
            var same = Find(_shown, text) ?? Find(_waiting, text);
            if (same != null)
            {
                same.Times++;
                return;
            }
            _waiting.Add(new Toast { Text = text });
            if (_waiting.Count > MostWaiting) _waiting.RemoveAt(0);
        }

        public void Tick(double now)
        {
            _shown.RemoveAll(toast => now >= toast.Until);
            while (_shown.Count < _most && _waiting.Count > 0)
            {
                var next = _waiting[0];
                _waiting.RemoveAt(0);
                next.Until = now + _seconds;
                _shown.Add(next);
            }
        }

        static Toast Find(List<Toast> toasts, string text)
        {
            return toasts.Find(toast => toast.Text == text);
        }
    }
}
