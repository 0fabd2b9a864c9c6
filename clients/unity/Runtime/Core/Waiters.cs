using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>The end of awaited calls, put off to the end of Tick: what follows an <c>await</c> runs on
    /// the game's thread, and after the handlers of the same events.</summary>
    sealed class Completions
    {
        readonly Queue<Action> _due = new Queue<Action>();

        public void Add(Action completion)
        {
            _due.Enqueue(completion);
        }

        public void Run()
        {
            while (_due.Count > 0) _due.Dequeue()();
        }
    }

    /// <summary>Calls that await the same event.</summary>
    sealed class Waiters<T>
    {
        sealed class Waiter
        {
            public readonly TaskCompletionSource<T> Source = new TaskCompletionSource<T>();
            public CancellationToken Cancel;
            public long Ticket;
        }

        readonly Completions _completions;
        readonly List<Waiter> _waiters = new List<Waiter>();

        public Waiters(Completions completions)
        {
            _completions = completions;
        }

        public bool Any => _waiters.Count > 0;

        /// <summary>Whether the game wants to wait no longer.</summary>
        public bool AnyCancelled => _waiters.Exists(waiter => waiter.Cancel.IsCancellationRequested);

        public Task<T> Add(CancellationToken cancel)
        {
            return Add(new Waiter { Cancel = cancel });
        }

        /// <param name="ticket">The command that it awaits.</param>
        public Task<T> Add(long ticket)
        {
            return Add(new Waiter { Ticket = ticket });
        }

        public void Complete(T value)
        {
            End(_ => true, waiter => waiter.Source.TrySetResult(value));
        }

        public void CompleteUnless(Func<long, bool> pending, T value)
        {
            End(waiter => !pending(waiter.Ticket), waiter => waiter.Source.TrySetResult(value));
        }

        public void Fail(Exception problem)
        {
            End(_ => true, waiter => waiter.Source.TrySetException(problem));
        }

        public void Fail(long ticket, Exception problem)
        {
            End(waiter => waiter.Ticket == ticket, waiter => waiter.Source.TrySetException(problem));
        }

        public void Cancel()
        {
            End(_ => true, waiter => waiter.Source.TrySetCanceled(waiter.Cancel));
        }

        public void Drop()
        {
            _waiters.Clear();
        }

        Task<T> Add(Waiter waiter)
        {
            _waiters.Add(waiter);
            return waiter.Source.Task;
        }

        void End(Predicate<Waiter> which, Action<Waiter> end)
        {
            foreach (var waiter in _waiters.FindAll(which)) _completions.Add(() => end(waiter));
            _waiters.RemoveAll(which);
        }
    }
}
