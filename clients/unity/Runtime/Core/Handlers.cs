using System;

namespace Streamario
{
    /// <summary>Calls the game's handlers, each on its own: what one does wrong must not keep a message from
    /// the others, nor the next message from the game.</summary>
    sealed class Handlers
    {
        readonly Action<Problem> _report;

        public Handlers(Action<Problem> report)
        {
            _report = report;
        }

        public void Call(Action handlers)
        {
            if (handlers == null) return;
            foreach (Action handler in handlers.GetInvocationList()) Guard(handler);
        }

        public void Call<T>(Action<T> handlers, T value)
        {
            if (handlers == null) return;
            foreach (Action<T> handler in handlers.GetInvocationList()) Guard(() => handler(value));
        }

        public void Call<T, TMore>(Action<T, TMore> handlers, T value, TMore more)
        {
            if (handlers == null) return;
            foreach (Action<T, TMore> handler in handlers.GetInvocationList())
                Guard(() => handler(value, more));
        }

        void Guard(Action handler)
        {
            try
            {
                handler();
            }
            catch (Exception problem)
            {
                _report(new Problem("handler_failed", problem.Message, problem));
            }
        }
    }
}
