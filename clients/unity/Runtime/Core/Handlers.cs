using System;
using System.Collections.Generic;

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

        /// <summary>Tells those who want to know of problems. What one of them throws is told to the others,
        /// for there is nobody else to tell.</summary>
        public static void Tell(Action<Problem> handlers, Problem problem)
        {
            if (handlers == null) return;
            var failures = new List<Problem>();
            var sound = new List<Action<Problem>>();
            foreach (Action<Problem> handler in handlers.GetInvocationList())
            {
                var failure = Try(() => handler(problem));
                if (failure == null) sound.Add(handler);
                else failures.Add(failure);
            }
            foreach (var failure in failures)
                foreach (var handler in sound) Try(() => handler(failure));
        }

        void Guard(Action handler)
        {
            var failure = Try(handler);
            if (failure != null) _report(failure);
        }

        /// <summary>What went wrong, or null.</summary>
        static Problem Try(Action handler)
        {
            try
            {
                handler();
                return null;
            }
            catch (Exception problem)
            {
                return new Problem("handler_failed", problem.Message, problem);
            }
        }
    }
}
