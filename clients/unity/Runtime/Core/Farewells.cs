using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Streamario
{
    /// <summary>Links that were let go: they finish sending, and are cut off when their time is up.</summary>
    sealed class Farewells
    {
        const double CloseWithin = 2;

        readonly List<Link> _links = new List<Link>();

        public bool AreOver => _links.Count == 0;

        /// <summary>Closes a link, if there is one, after what was sent on it.</summary>
        public void LetGo(ref Link link, int code, double now)
        {
            if (link == null) return;
            link.Close(code);
            link.PartBy = now + CloseWithin;
            _links.Add(link);
            link = null;
        }

        public void Follow(double now)
        {
            foreach (var link in _links)
            {
                link.Drain();
                if (link.IsClosed || now >= link.PartBy) link.Abort();
            }
            _links.RemoveAll(link => link.IsClosed);
        }

        /// <summary>Blocks until all of them are closed, or their time is up.</summary>
        public void Finish()
        {
            var waited = Stopwatch.StartNew();
            foreach (var link in _links)
                link.WaitClosed(Math.Max(0, CloseWithin - waited.Elapsed.TotalSeconds));
            foreach (var link in _links) link.Abort();
            _links.Clear();
        }
    }
}
