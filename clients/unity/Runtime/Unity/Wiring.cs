using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;

namespace Streamario
{
    /// <summary>A connection to the targets of an inspector event.</summary>
    interface IWire
    {
        /// <summary>Whether any target still exists. Unity skips those that do not.</summary>
        bool IsAlive { get; }
    }

    /// <summary>Forwards an event of a game to an inspector event.</summary>
    sealed class Wire<TMessage, TValue> : IWire
    {
        readonly UnityEvent<TValue> _to;
        readonly Func<TMessage, TValue> _value;

        public Wire(UnityEvent<TValue> to, Func<TMessage, TValue> value)
        {
            _to = to;
            _value = value;
        }

        public bool IsAlive => Wiring.Calls(_to);

        public void Carry(TMessage message)
        {
            _to.Invoke(_value(message));
        }

        public void Carry(TMessage message, ConnectionDetail why)
        {
            Carry(message);
        }
    }

    /// <summary>Forwards an event without a value.</summary>
    sealed class BareWire : IWire
    {
        readonly UnityEvent _to;

        public BareWire(UnityEvent to)
        {
            _to = to;
        }

        public bool IsAlive => Wiring.Calls(_to);

        public void Carry()
        {
            _to.Invoke();
        }
    }

    /// <summary>Forwards triggers to the inspector events of their buttons.</summary>
    sealed class ButtonWire : IWire
    {
        readonly List<ButtonTriggered> _to;

        public ButtonWire(List<ButtonTriggered> to)
        {
            _to = to;
        }

        public bool IsAlive => Wiring.Calls(_to);

        public void Carry(ViewerTrigger trigger)
        {
            foreach (var button in _to)
                if (button.eventType == trigger.event_type) button.onTrigger.Invoke(trigger);
        }
    }

    /// <summary>The inspector events of a client in a scene.</summary>
    [Serializable]
    sealed class Wiring
    {
        [SerializeField] internal List<ButtonTriggered> onButton;
        [SerializeField] internal UnityEvent<ViewerTrigger> onTrigger;
        [SerializeField] internal UnityEvent<RoomCreated> onRoomOpened;
        [SerializeField] internal UnityEvent<string> onViewerPage;
        [SerializeField] internal UnityEvent<int> onViewerCount;
        [SerializeField] internal UnityEvent<int> onRoundStarted;
        [SerializeField] internal UnityEvent<RoundUpdate> onRoundChanged;
        [SerializeField] internal UnityEvent<GameEndSummary> onRoundEnded;
        [SerializeField] internal UnityEvent<ConnectionState> onConnectionChanged;
        [SerializeField] internal UnityEvent<ConnectionDetail> onRoomLost;
        [SerializeField] internal UnityEvent onReplaced;
        [SerializeField] internal UnityEvent<Problem> onError;

        public bool IsAlive
        {
            get
            {
                if (Calls(onButton)) return true;
                foreach (var wired in All)
                    if (Calls(wired)) return true;
                return false;
            }
        }

        UnityEventBase[] All => new UnityEventBase[]
        {
            onTrigger, onRoomOpened, onViewerPage, onViewerCount, onRoundStarted, onRoundChanged, onRoundEnded,
            onConnectionChanged, onRoomLost, onReplaced, onError,
        };

        /// <summary>Whether an event has a target that still exists.</summary>
        public static bool Calls(UnityEventBase wired)
        {
            for (var i = 0; i < wired.GetPersistentEventCount(); i++)
                if (wired.GetPersistentTarget(i) != null) return true;
            return false;
        }

        /// <summary>Whether any button's event has a target that still exists.</summary>
        public static bool Calls(List<ButtonTriggered> buttons)
        {
            foreach (var button in buttons)
                if (Calls(button.onTrigger)) return true;
            return false;
        }

        public void ConnectTo(GameClient game)
        {
            game.Trigger += new ButtonWire(onButton).Carry;
            game.Trigger += Same(onTrigger).Carry;
            game.RoomOpened += Same(onRoomOpened).Carry;
            game.RoomOpened += new Wire<RoomCreated, string>(onViewerPage, room => room.web_url).Carry;
            game.Resumed += new Wire<RoomReady, string>(onViewerPage, room => room.web_url).Carry;
            game.ViewerCount += Same(onViewerCount).Carry;
            game.RoundStarted += Same(onRoundStarted).Carry;
            game.RoundChanged += Same(onRoundChanged).Carry;
            game.RoundEnded += Same(onRoundEnded).Carry;
            game.ConnectionChanged += Same(onConnectionChanged).Carry;
            game.RoomLost += Same(onRoomLost).Carry;
            game.Replaced += new BareWire(onReplaced).Carry;
            game.Error += Same(onError).Carry;
        }

        /// <summary>Raises the events for the current state.</summary>
        public void CatchUpWith(GameClient game)
        {
            onConnectionChanged.Invoke(game.State);
            if (game.WebUrl == "") return;
            onViewerPage.Invoke(game.WebUrl);
            onViewerCount.Invoke(game.Viewers);
            if (game.InRound && game.Round > 0) onRoundStarted.Invoke(game.Round);
        }

        static Wire<T, T> Same<T>(UnityEvent<T> to)
        {
            return new Wire<T, T>(to, value => value);
        }
    }
}
