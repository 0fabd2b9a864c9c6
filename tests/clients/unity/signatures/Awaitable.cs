#if UNITY_6000_0_OR_NEWER
// Unity 6's Awaitable, as far as the package relies on it (Unity manual, "Awaitable completion and continuation"):
// Unity has `in T` as the argument of SetResult, which mcs does not know.
// - What follows an await runs at once in the call that completes it, whatever the synchronization context.
// - Awaitables are pooled: after an await one has nothing to do with its call any more. Here it then refuses its use.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace UnityEngine
{
    public class Awaitable
    {
        readonly AwaitableState<bool> _state;
        internal Awaitable(AwaitableState<bool> state) { _state = state; }
        public bool IsCompleted => _state.IsCompleted;
        public void Cancel() => _state.End(false, new OperationCanceledException());
        public Awaiter GetAwaiter() => new Awaiter(_state);

        public struct Awaiter : INotifyCompletion
        {
            readonly AwaitableState<bool> _state;
            internal Awaiter(AwaitableState<bool> state) { _state = state; }
            public bool IsCompleted => _state.IsCompleted;
            public void OnCompleted(Action continuation) => _state.Then(continuation);
            public void GetResult() => _state.Take();
        }
    }

    public class Awaitable<T>
    {
        readonly AwaitableState<T> _state;
        internal Awaitable(AwaitableState<T> state) { _state = state; }
        public void Cancel() => _state.End(default(T), new OperationCanceledException());
        public Awaiter GetAwaiter() => new Awaiter(_state);

        public struct Awaiter : INotifyCompletion
        {
            readonly AwaitableState<T> _state;
            internal Awaiter(AwaitableState<T> state) { _state = state; }
            public bool IsCompleted => _state.IsCompleted;
            public void OnCompleted(Action continuation) => _state.Then(continuation);
            public T GetResult() => _state.Take();
        }
    }

    public class AwaitableCompletionSource
    {
        readonly AwaitableState<bool> _state = new AwaitableState<bool>();
        public AwaitableCompletionSource() { Awaitable = new Awaitable(_state); }
        public Awaitable Awaitable { get; private set; }
        public void SetResult() => _state.End(true, null);
        public void SetCanceled() => _state.End(false, new OperationCanceledException());
        public void SetException(Exception exception) => _state.End(false, exception);
    }

    public class AwaitableCompletionSource<T>
    {
        readonly AwaitableState<T> _state = new AwaitableState<T>();
        public AwaitableCompletionSource() { Awaitable = new Awaitable<T>(_state); }
        public Awaitable<T> Awaitable { get; private set; }
        public void SetResult(T value) => _state.End(value, null);
        public void SetCanceled() => _state.End(default(T), new OperationCanceledException());
        public void SetException(Exception exception) => _state.End(default(T), exception);
    }

    sealed class AwaitableState<T>
    {
        T _value;
        ExceptionDispatchInfo _problem;
        Action _next;
        bool _isDone;
        bool _isTaken;

        public bool IsCompleted
        {
            get
            {
                Check(!_isTaken, "Awaitable is in detached state");
                return _isDone;
            }
        }

        public void Then(Action next)
        {
            Check(_next == null, "It is awaited already");
            _next = next;
        }

        public T Take()
        {
            Check(IsCompleted, "It is not completed");
            _isTaken = true;
            if (_problem != null) _problem.Throw();
            return _value;
        }

        public void End(T value, Exception problem)
        {
            Check(!_isDone, "Can't raise completion of the same Awaitable twice");
            _isDone = true;
            _value = value;
            if (problem != null) _problem = ExceptionDispatchInfo.Capture(problem);
            if (_next != null) _next();
        }

        static void Check(bool fact, string problem)
        {
            if (!fact) throw new InvalidOperationException(problem);
        }
    }
}
#endif
