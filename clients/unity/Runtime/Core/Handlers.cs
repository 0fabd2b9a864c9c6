using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>Calls the game's handlers. An exception in one handler stops neither the other handlers
    /// nor the next message. Handlers of destroyed objects are removed.</summary>
    sealed class Handlers
    {
        readonly Func<object, bool> _isAlive;
        readonly Action<Problem> _report;

        public Handlers(Func<object, bool> isAlive, Action<Problem> report)
        {
            _isAlive = isAlive;
            _report = report;
        }

        /// <summary>Whether any handler is left after removing those of destroyed objects.</summary>
        public bool Any<T>(ref Action<T> handlers)
        {
            handlers = (Action<T>)Living(handlers);
            return handlers != null;
        }

        public void Call(ref Action handlers)
        {
            handlers = (Action)Living(handlers);
            if (handlers == null) return;
            foreach (Action handler in handlers.GetInvocationList()) Guard(handler);
        }

        public void Call<T>(ref Action<T> handlers, T value)
        {
            if (!Any(ref handlers)) return;
            foreach (Action<T> handler in handlers.GetInvocationList()) Guard(() => handler(value));
        }

        public void Call<T, TMore>(ref Action<T, TMore> handlers, T value, TMore more)
        {
            handlers = (Action<T, TMore>)Living(handlers);
            if (handlers == null) return;
            foreach (Action<T, TMore> handler in handlers.GetInvocationList())
                Guard(() => handler(value, more));
        }

        /// <summary>Calls the handlers of problems. If one of them throws, the others receive that problem
        /// too.</summary>
        public void Tell(ref Action<Problem> handlers, Problem problem)
        {
            if (!Any(ref handlers)) return;
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

        Delegate Living(Delegate handlers)
        {
            if (handlers == null) return null;
            var living = handlers;
            foreach (var handler in handlers.GetInvocationList())
                if (!IsAlive(handler.Target)) living = Delegate.Remove(living, handler);
            return living;
        }

        bool IsAlive(object target)
        {
            var button = target as ButtonHandler;
            if (button != null) target = button.Handler.Target;
            var wrapped = target as Delegate;
            return target == null || _isAlive(wrapped == null ? target : wrapped.Target);
        }

        void Guard(Action handler)
        {
            var failure = Try(handler);
            if (failure != null) _report(failure);
        }

        /// <summary>The exception as a problem, or null.</summary>
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
