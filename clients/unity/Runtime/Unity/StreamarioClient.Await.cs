using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
#if UNITY_6000_0_OR_NEWER
using UnityEngine;
using AwaitableRoom = UnityEngine.Awaitable<Streamario.OpenedRoom>;
using AwaitableStart = UnityEngine.Awaitable;
using AwaitableSummary = UnityEngine.Awaitable<Streamario.GameEndSummary>;
#else
using AwaitableRoom = System.Threading.Tasks.Task<Streamario.OpenedRoom>;
using AwaitableStart = System.Threading.Tasks.Task;
using AwaitableSummary = System.Threading.Tasks.Task<Streamario.GameEndSummary>;
#endif

namespace Streamario
{
    // Calls that a script can await: an Awaitable in Unity 6, a Task before.
    public sealed partial class StreamarioClient
    {
        readonly List<AwaitedCall> _awaited = new List<AwaitedCall>();

        /// <summary>Opens as Open does, and waits for the room, over as many attempts as it takes.</summary>
        /// <remarks>What follows runs on the main thread; when the game quits, nothing follows. Throws
        /// StreamarioException if the server refuses the game, or another game takes the room over, and
        /// OperationCanceledException after Game.Close, and when this component is destroyed. Cancelling ends
        /// the wait alone: Game.Close ends the attempts. In Unity 6, await the result once.</remarks>
        public AwaitableRoom OpenAsync(CancellationToken cancel = default(CancellationToken))
        {
            return InCharge.Await(() => Game.OpenAsync(), cancel);
        }

        /// <summary>Opens as Game.Open(roomId, roomToken) does, and waits for the room as the other OpenAsync
        /// does.</summary>
        public AwaitableRoom OpenAsync(
            string roomId, string roomToken, CancellationToken cancel = default(CancellationToken))
        {
            return InCharge.Await(() => Game.OpenAsync(roomId, roomToken), cancel);
        }

        /// <summary>Starts a round as StartRound does, and waits until the server has confirmed it, also over
        /// a reconnect.</summary>
        /// <remarks>As OpenAsync; StreamarioException also if the server refuses it (rate_limited).</remarks>
        public AwaitableStart StartRoundAsync(CancellationToken cancel = default(CancellationToken))
        {
            return InCharge.AwaitStart(cancel);
        }

        /// <summary>Ends the round as EndRound does, and waits for its summary, also over a reconnect: null if
        /// none arrived within 5 s of the end, or no round was running.</summary>
        /// <remarks>As OpenAsync.</remarks>
        public AwaitableSummary EndRoundAsync(CancellationToken cancel = default(CancellationToken))
        {
            return InCharge.Await(() => Game.EndRoundAsync(), cancel);
        }

#if UNITY_6000_0_OR_NEWER
        Awaitable<T> Await<T>(Func<Task<T>> begin, CancellationToken cancel)
        {
            var source = new AwaitableCompletionSource<T>();
            var awaitable = source.Awaitable;
            var call = cancel.IsCancellationRequested ? Task.FromCanceled<T>(cancel) : begin();
            Follow(new AwaitedCall(
                call, cancel, () => source.SetResult(call.Result), source.SetException, source.SetCanceled));
            return awaitable;
        }

        Awaitable AwaitStart(CancellationToken cancel)
        {
            var source = new AwaitableCompletionSource();
            var awaitable = source.Awaitable;
            var call = cancel.IsCancellationRequested ? Task.FromCanceled(cancel) : Game.StartRoundAsync();
            Follow(new AwaitedCall(call, cancel, source.SetResult, source.SetException, source.SetCanceled));
            return awaitable;
        }
#else
        Task<T> Await<T>(Func<Task<T>> begin, CancellationToken cancel)
        {
            var source = new TaskCompletionSource<T>();
            var call = cancel.IsCancellationRequested ? Task.FromCanceled<T>(cancel) : begin();
            Follow(new AwaitedCall(
                call, cancel, () => source.SetResult(call.Result), source.SetException, source.SetCanceled));
            return source.Task;
        }

        Task AwaitStart(CancellationToken cancel)
        {
            var source = new TaskCompletionSource<bool>();
            var call = cancel.IsCancellationRequested ? Task.FromCanceled(cancel) : Game.StartRoundAsync();
            Follow(new AwaitedCall(
                call, cancel, () => source.SetResult(true), source.SetException, source.SetCanceled));
            return source.Task;
        }
#endif

        void Follow(AwaitedCall call)
        {
            if (call.IsOver) call.End();
            else _awaited.Add(call);
        }

        // What follows a call may await the next one.
        void EndAwaited()
        {
            int over;
            while ((over = _awaited.FindIndex(call => call.IsOver)) >= 0)
            {
                var call = _awaited[over];
                _awaited.RemoveAt(over);
                call.End();
            }
        }

        // When the game quits or Play stops, what scripts still await never ends, as a coroutine never goes on.
        // Cancelled, they would run once more in a game that is gone, and Unity would log each of them as an error.
        void DropAwaited()
        {
            _awaited.Clear();
            if (_game != null) _game.DropAwaited();
        }
    }
}
