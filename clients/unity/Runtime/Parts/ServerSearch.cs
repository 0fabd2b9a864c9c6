namespace Streamario
{
    /// <summary>Looks every few seconds whether Streamario answers.</summary>
    sealed class ServerSearch
    {
        const string Alive = "\"status\":\"ok\"";

        readonly IRoomApi _api;
        readonly double _every;
        double _next;
        bool _isAsking;

        /// <param name="every">s between two questions, at least.</param>
        public ServerSearch(IRoomApi api, double every)
        {
            _api = api;
            _every = every;
        }

        public bool IsFound { get; private set; }

        public void Tick(double now)
        {
            _api.Tick();
            if (_isAsking || now < _next) return;
            _isAsking = true;
            _api.Send("/healthz", null, "", answer =>
            {
                _isAsking = false;
                _next = now + _every;
                // Another program may answer with a page of its own.
                IsFound = answer.IsOk && answer.Text.Contains(Alive);
            });
        }
    }
}
