using System;
using System.Collections.Generic;
using UnityEngine;

namespace Streamario
{
    // Scene changes, and recompiles in play mode.
    public sealed partial class StreamarioClient
    {
        // By store key.
        static readonly Dictionary<string, StreamarioClient> Present = new Dictionary<string, StreamarioClient>();

        // After a recompile in play mode the editor would restore a null reference as an object that only
        // equals null. A client that gave way is gone by then.
        [NonSerialized]
        StreamarioClient _inFavourOf;

        // These survive a recompile in play mode: Unity keeps serialisable fields, even private ones.
        List<Wiring> _newcomers = new List<Wiring>();
        List<Wiring> _handedOver = new List<Wiring>();
        bool _survives;
        bool _wasOpen;

        /// <summary>The scene's client, from its Awake until it is destroyed; null if there is none. A game
        /// with several uses Find.</summary>
        public static StreamarioClient Instance
        {
            get
            {
                foreach (var client in Present.Values)
                    if (client != null) return client;
                return null;
            }
        }

        /// <summary>The client with this store key, as Instance gives it; null if there is none.</summary>
        public static StreamarioClient Find(string storeKey)
        {
            StreamarioClient found;
            return Present.TryGetValue(storeKey, out found) && found != null ? found : null;
        }

        // A script may use this before Awake, or after the object was destroyed.
        StreamarioClient InCharge => ReferenceEquals(_inFavourOf, null) ? Other ?? this : _inFavourOf;

        /// <summary>The client that already survives scene changes under this key; null if there is none.</summary>
        StreamarioClient Other
        {
            get
            {
                var first = keepAcrossScenes ? Find(storeKey) : null;
                return first != null && first != this && first._survives ? first : null;
            }
        }

        // With domain reload off, static fields survive from one play session to the next.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        static void Begin()
        {
            Present.Clear();
        }

        void Awake()
        {
            var other = Other;
            if (!ReferenceEquals(other, null))
            {
                GiveWayTo(other);
                return;
            }
            if (keepAcrossScenes) Stay();
            Register();
        }

        void Stay()
        {
            _survives = true;
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
            Register();
            if (!_wasOpen || _game != null) return;
            if (_pausedByUs) Game.Pause();
            Game.Open();
        }

        // One that survives scene changes stays the one to be found.
        void Register()
        {
            var known = Find(storeKey);
            if (known == null || _survives && !known._survives) Present[storeKey] = this;
        }

        void Unregister()
        {
            if (ReferenceEquals(Find(storeKey), this)) Present.Remove(storeKey);
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
