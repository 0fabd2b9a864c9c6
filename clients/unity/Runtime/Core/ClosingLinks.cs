using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Streamario
{
    /// <summary>Released links: they finish sending, and are aborted after a timeout.</summary>
    sealed class ClosingLinks
    {
        const double CloseWithin = 2;

        readonly List<Link> _links = new List<Link>();

        public bool AreOver => _links.Count == 0;

        /// <summary>Closes a link, if there is one, after sending its queue.</summary>
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

        /// <summary>Blocks until all links are closed, or the timeout has passed.</summary>
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
