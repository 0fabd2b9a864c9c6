using System;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario
{
    /// <summary>A call to the client that a script awaits.</summary>
    sealed class AwaitedCall
    {
        readonly Task _call;
        readonly CancellationToken _cancel;
        readonly Action _complete;
        readonly Action<Exception> _fail;
        readonly Action _giveUp;

        /// <param name="complete">This and the next two end what the script awaits.</param>
        public AwaitedCall(
            Task call, CancellationToken cancel, Action complete, Action<Exception> fail, Action giveUp)
        {
            _call = call;
            _cancel = cancel;
            _complete = complete;
            _fail = fail;
            _giveUp = giveUp;
        }

        public bool IsOver => _call.IsCompleted || _cancel.IsCancellationRequested;

        /// <summary>Ends what is over; the script may go on within this.</summary>
        public void End()
        {
            if (_call.IsFaulted) _fail(_call.Exception.InnerException);
            else if (_call.Status == TaskStatus.RanToCompletion) _complete();
            else _giveUp();
        }
    }
}
