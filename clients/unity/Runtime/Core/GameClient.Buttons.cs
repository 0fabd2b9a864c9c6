using System;

namespace Streamario
{
    // Handlers of single buttons.
    public sealed partial class GameClient
    {
        /// <summary>Subscribes to the triggers of one button, as Trigger does to those of all.</summary>
        /// <remarks>It is a handler as any other: while there is one, no trigger waits, not even of other
        /// buttons.</remarks>
        public void On(string eventType, Action<ViewerTrigger> handler)
        {
            if (handler != null) _trigger += new ButtonHandler(eventType, handler).Take;
        }

        /// <summary>Ends what On has begun with the same button and handler.</summary>
        public void Off(string eventType, Action<ViewerTrigger> handler)
        {
            if (_trigger == null) return;
            foreach (Action<ViewerTrigger> each in _trigger.GetInvocationList())
            {
                var button = each.Target as ButtonHandler;
                if (button == null || !button.Is(eventType, handler)) continue;
                _trigger -= each;
                return;
            }
        }
    }
}
