using System;

namespace Streamario
{
    /// <summary>A handler of one button's triggers.</summary>
    sealed class ButtonHandler
    {
        readonly string _eventType;

        public ButtonHandler(string eventType, Action<ViewerTrigger> handler)
        {
            _eventType = eventType;
            Handler = handler;
        }

        public Action<ViewerTrigger> Handler { get; }

        public bool Is(string eventType, Action<ViewerTrigger> handler)
        {
            return _eventType == eventType && Handler.Equals(handler);
        }

        public void Take(ViewerTrigger trigger)
        {
            if (trigger.event_type == _eventType) Handler(trigger);
        }
    }
}
