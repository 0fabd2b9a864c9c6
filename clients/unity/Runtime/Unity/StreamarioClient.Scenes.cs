using System;
using System.Collections.Generic;
using UnityEngine;

namespace Streamario
{
    // Scene changes, and recompiles in play mode.
    public sealed partial class StreamarioClient
    {
        static readonly Dictionary<string, StreamarioClient> Surviving = new Dictionary<string, StreamarioClient>();

        // After a recompile in play mode the editor would restore a null reference as an object that only
        // equals null. A client that gave way is gone by then.
        [NonSerialized]
        StreamarioClient _inFavourOf;

        // These survive a recompile in play mode: Unity keeps serialisable fields, even private ones.
        List<Wiring> _newcomers = new List<Wiring>();
        List<Wiring> _handedOver = new List<Wiring>();
        bool _survives;
        bool _wasOpen;

        // A script may use this before Awake, or after the object was destroyed.
        StreamarioClient InCharge => ReferenceEquals(_inFavourOf, null) ? Other ?? this : _inFavourOf;

        /// <summary>The client that already survives scene changes under this key; null if there is none.</summary>
        StreamarioClient Other
        {
            get
            {
                StreamarioClient first;
                if (!keepAcrossScenes || !Surviving.TryGetValue(storeKey, out first)) return null;
                return first != null && first != this ? first : null;
            }
        }

        // With domain reload off, static fields survive from one play session to the next.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        static void Begin()
        {
            Surviving.Clear();
        }

        void Awake()
        {
            if (!keepAcrossScenes) return;
            var other = Other;
            if (ReferenceEquals(other, null)) Stay();
            else GiveWayTo(other);
        }

        void Stay()
        {
            _survives = true;
            Surviving[storeKey] = this;
            transform.SetParent(null);
            DontDestroyOnLoad(gameObject);
        }

        // The scene's objects are wired to this client: from now on the surviving client calls them.
        void GiveWayTo(StreamarioClient other)
        {
            _inFavourOf = other;
            other._newcomers.Add(Wired());
            enabled = false;
            Destroy(gameObject);
        }

        // A recompile in play mode calls this, but neither Awake nor Start: the game is lost, the room is
        // saved.
        void OnEnable()
        {
            if (_survives) Surviving[storeKey] = this;
            if (!_wasOpen || _game != null) return;
            if (_pausedByUs) Game.Pause();
            Game.Open();
        }

        void OnDisable()
        {
            if (_game == null) return;
            _wasOpen = IsOpen(_game.State);
            _game.Save();
        }

        // The new scene's scripts have started by now: tell them the state that they have missed.
        void WelcomeNewcomers()
        {
            var newcomers = _newcomers;
            _newcomers = new List<Wiring>();
            _handedOver.RemoveAll(wiring => !wiring.IsAlive);
            _handedOver.AddRange(newcomers);
            foreach (var wiring in newcomers) wiring.ConnectTo(_game);
            foreach (var wiring in newcomers) wiring.CatchUpWith(_game);
        }

        static bool IsAlive(object target)
        {
            var wire = target as IWire;
            if (wire != null) return wire.IsAlive;
            var thing = target as UnityEngine.Object;
            return ReferenceEquals(thing, null) || thing != null;
        }

        static bool IsOpen(ConnectionState state)
        {
            return state == ConnectionState.Connecting
                || state == ConnectionState.Connected
                || state == ConnectionState.Waiting;
        }
    }
}
