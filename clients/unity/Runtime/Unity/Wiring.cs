using System;
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

    /// <summary>The inspector events of a client in a scene.</summary>
    [Serializable]
    sealed class Wiring
    {
        [SerializeField] UnityEvent<ViewerTrigger> onTrigger;
        [SerializeField] UnityEvent<string> onViewerPage;
        [SerializeField] UnityEvent<int> onViewerCount;
        [SerializeField] UnityEvent<GameEndSummary> onRoundEnded;
        [SerializeField] UnityEvent<ConnectionState> onConnectionChanged;

        public Wiring(
            UnityEvent<ViewerTrigger> trigger,
            UnityEvent<string> viewerPage,
            UnityEvent<int> viewerCount,
            UnityEvent<GameEndSummary> roundEnded,
            UnityEvent<ConnectionState> connectionChanged)
        {
            onTrigger = trigger;
            onViewerPage = viewerPage;
            onViewerCount = viewerCount;
            onRoundEnded = roundEnded;
            onConnectionChanged = connectionChanged;
        }

        public bool IsAlive => Calls(onTrigger) || Calls(onViewerPage) || Calls(onViewerCount)
            || Calls(onRoundEnded) || Calls(onConnectionChanged);

        /// <summary>Whether an event has a target that still exists.</summary>
        public static bool Calls(UnityEventBase wired)
        {
            for (var i = 0; i < wired.GetPersistentEventCount(); i++)
                if (wired.GetPersistentTarget(i) != null) return true;
            return false;
        }

        public void ConnectTo(GameClient game)
        {
            game.Trigger += new Wire<ViewerTrigger, ViewerTrigger>(onTrigger, trigger => trigger).Carry;
            game.RoomOpened += new Wire<RoomCreated, string>(onViewerPage, room => room.web_url).Carry;
            game.Resumed += new Wire<RoomReady, string>(onViewerPage, room => room.web_url).Carry;
            game.ViewerCount += new Wire<int, int>(onViewerCount, viewers => viewers).Carry;
            game.RoundEnded += new Wire<GameEndSummary, GameEndSummary>(onRoundEnded, summary => summary).Carry;
            game.ConnectionChanged += new Wire<ConnectionState, ConnectionState>(
                onConnectionChanged, state => state).Carry;
        }

        /// <summary>Raises the events for the current state.</summary>
        public void CatchUpWith(GameClient game)
        {
            onConnectionChanged.Invoke(game.State);
            if (game.WebUrl == "") return;
            onViewerPage.Invoke(game.WebUrl);
            onViewerCount.Invoke(game.Viewers);
        }
    }
}
