using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;

namespace Streamario
{
    /// <summary>A room of viewers for this game. Add it to an object, and subscribe to events of its
    /// <c>Game</c>.</summary>
    /// <remarks>It calls Tick every frame, keeps the room across scene changes and restarts, and sends
    /// its queue when the game exits.</remarks>
    [AddComponentMenu("Streamario/Streamario Client")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(-100)]
    public sealed partial class StreamarioClient : MonoBehaviour
    {
        [Header("Server")]
        [SerializeField]
        [Tooltip("The gateway's URL: ws://localhost:8890 on this computer, wss://your.host elsewhere; or loopback, to"
            + " play without a server.")]
        string server = "ws://localhost:8890";

        [SerializeField]
        [Tooltip("Only if the server requires one. Do not put it into a public build: anyone can read it.")]
        string gameKey = "";

        [SerializeField]
        [Tooltip("Send secrets in the URL, for proxies that drop subprotocols. Intermediaries may log URLs.")]
        bool secretsInQuery;

        [SerializeField]
        [Tooltip("The API's URL, for the HUD and the editor window. Empty: the one that the server names.")]
        string apiUrl = "";

        [Header("Room")]
        [SerializeField]
        [Tooltip("Connect when this object starts; otherwise call Game.Open().")]
        bool openOnStart = true;

        [SerializeField]
        [Tooltip("Open a new room if the room of the last run is gone.")]
        bool newRoomWhenLost = true;

        [SerializeField]
        [Tooltip("The PlayerPrefs key of the saved room. Projects with the same company and product name, and the"
            + " clients of one game, need different keys.")]
        string storeKey = "streamario";

        [Header("Triggers")]
        [SerializeField]
        [Tooltip("When a trigger counts as applied: when its handlers return, or when you call Acknowledge.")]
        Acknowledgement acknowledgement = Acknowledgement.WhenHandled;

        [SerializeField]
        [Min(1)]
        [Tooltip("The most triggers passed to handlers in one frame; the rest follows in the next frame.")]
        int triggersPerFrame = 20;

        [Header("Application")]
        [SerializeField]
        [Tooltip("Keep this client when the scene changes. It replaces a client with the same store key in the"
            + " new scene, and also calls that client's events below.")]
        bool keepAcrossScenes = true;

        [SerializeField]
        [Tooltip("Keep running while another window has the focus, such as the streaming software.")]
        bool runInBackground = true;

        [SerializeField]
        [Tooltip("Pause a running round while the game does not have the focus.")]
        bool pauseWithoutFocus;

        [Header("Events")]
        [SerializeField]
        [Tooltip("What happens at the triggers of one button, by the name that its triggers carry: skill1, enemy1.")]
        List<ButtonTriggered> onButton = new List<ButtonTriggered>();

        [SerializeField]
        [Tooltip("The triggers of all buttons.")]
        UnityEvent<ViewerTrigger> onTrigger = new UnityEvent<ViewerTrigger>();

        [SerializeField]
        [Tooltip("A new room was opened.")]
        UnityEvent<RoomCreated> onRoomOpened = new UnityEvent<RoomCreated>();

        [SerializeField]
        [Tooltip("The URL of the viewers' page, whenever the client has opened or resumed a room.")]
        UnityEvent<string> onViewerPage = new UnityEvent<string>();

        [SerializeField]
        UnityEvent<int> onViewerCount = new UnityEvent<int>();

        [SerializeField]
        [Tooltip("A round runs; its number.")]
        UnityEvent<int> onRoundStarted = new UnityEvent<int>();

        [SerializeField]
        [Tooltip("The game, the streamer, a press or the time limit has changed the round.")]
        UnityEvent<RoundUpdate> onRoundChanged = new UnityEvent<RoundUpdate>();

        [SerializeField]
        UnityEvent<GameEndSummary> onRoundEnded = new UnityEvent<GameEndSummary>();

        [SerializeField]
        UnityEvent<ConnectionState> onConnectionChanged = new UnityEvent<ConnectionState>();

        [SerializeField]
        [Tooltip("The room of an earlier run is gone, and why.")]
        UnityEvent<ConnectionDetail> onRoomLost = new UnityEvent<ConnectionDetail>();

        [SerializeField]
        [Tooltip("Another game has taken the room over; this client stops.")]
        UnityEvent onReplaced = new UnityEvent();

        [SerializeField]
        [Tooltip("A handler failed, or the server refused something. It is logged, too.")]
        UnityEvent<Problem> onError = new UnityEvent<Problem>();

        internal static Func<ISocket> NewSocket = PlatformSocket;

        GameClient _game;
        ConnectionDetail _why = ConnectionDetail.None;
        bool _isQuitting;

        /// <summary>The gateway's URL; may be set until Game is first used.</summary>
        public string Server
        {
            get { return InCharge.server; }
            set { InCharge.server = Unused(InCharge.server, value); }
        }

        /// <summary>The game key, needed to open rooms; may be set until Game is first used.</summary>
        public string GameKey
        {
            get { return InCharge.gameKey; }
            set { InCharge.gameKey = Unused(InCharge.gameKey, value); }
        }

        /// <summary>The room, its events and its commands. Never null. If a kept client replaces this
        /// one, the kept client's game.</summary>
        public GameClient Game
        {
            get
            {
                var inCharge = InCharge;
                if (inCharge._game == null) inCharge._game = inCharge.Make();
                return inCharge._game;
            }
        }

        /// <summary>Why the game's connection is in its state.</summary>
        internal ConnectionDetail Why
        {
            get { return InCharge._why; }
        }

        /// <summary>As Game.Open, for events in the inspector such as a menu's button.</summary>
        public void Open()
        {
            Game.Open();
        }

        /// <summary>As Game.StartRound, for events in the inspector.</summary>
        public void StartRound()
        {
            Game.StartRound();
        }

        /// <summary>As Game.EndRound, for events in the inspector.</summary>
        public void EndRound()
        {
            Game.EndRound();
        }

        /// <summary>As Game.Pause, for events in the inspector.</summary>
        public void Pause()
        {
            Game.Pause();
        }

        /// <summary>As Game.Resume, for events in the inspector.</summary>
        public void Resume()
        {
            Game.Resume();
        }

        void Start()
        {
            if (runInBackground) Application.runInBackground = true;
            if (openOnStart) Game.Open();
        }

        void Update()
        {
            if (_game == null) return;
            if (_newcomers.Count > 0) WelcomeNewcomers();
            _game.Tick(Now());
            EndAwaited();
            if (_api != null) _api.Tick();
        }

        void OnApplicationQuit()
        {
            _isQuitting = true;
            DropAwaited();
        }

        // At a scene change nothing needs to wait: the queue is sent in the background. A round that stays
        // paused because there is no connection is resumed by the next run.
        void OnDestroy()
        {
            Unregister();
            if (_game == null) return;
            if (_pausedByUs && _game.State == ConnectionState.Connected) GoOn();
            if (_isQuitting) DropAwaited(); // of scripts that awaited since
            _game.Close();
            EndAwaited();
            if (_isQuitting) _game.FinishClosing();
        }

        GameClient Make()
        {
            var options = new ClientOptions
            {
                Server = server,
                GameKey = gameKey,
                SecretsInQuery = secretsInQuery,
                NewRoomWhenLost = newRoomWhenLost,
                Acknowledgement = acknowledgement,
                IsAlive = IsAlive,
                TriggersPerTick = triggersPerFrame,
            };
            _apiUrl = apiUrl;
            BeginLoopback();
            var store = _loopback == null ? (IStore)new PlayerPrefsStore(storeKey) : new RunStore();
            var sockets = _loopback == null ? NewSocket : _loopback.Socket;
            var game = new GameClient(options, sockets, new UnityJson(), store, new System.Random().NextDouble);
            Wired().ConnectTo(game);
            foreach (var wiring in _handedOver) wiring.ConnectTo(game);
            game.Resumed += GoOnAfterRestart;
            game.ConnectionChanged += Log;
            game.Error += Log;
            return game;
        }

        Wiring Wired()
        {
            return new Wiring
            {
                onButton = onButton,
                onTrigger = onTrigger,
                onRoomOpened = onRoomOpened,
                onViewerPage = onViewerPage,
                onViewerCount = onViewerCount,
                onRoundStarted = onRoundStarted,
                onRoundChanged = onRoundChanged,
                onRoundEnded = onRoundEnded,
                onConnectionChanged = onConnectionChanged,
                onRoomLost = onRoomLost,
                onReplaced = onReplaced,
                onError = onError,
            };
        }

        static ISocket PlatformSocket()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            return new WebGLSocket();
#else
            return new NativeSocket();
#endif
        }

        void Log(ConnectionState state, ConnectionDetail why)
        {
            _why = why;
            if (state == ConnectionState.Replaced || state == ConnectionState.Refused)
                Debug.LogError("Streamario stops. " + why, this);
            else if (state == ConnectionState.Waiting)
                Debug.LogWarning("Streamario reconnects. " + why, this);
        }

        void Log(Problem problem)
        {
            if (problem.Exception != null) Debug.LogException(problem.Exception, this);
            else Debug.LogWarning("Streamario: " + problem, this);
        }

        string Unused(string now, string value)
        {
            if (value != now && InCharge._game != null)
                throw new InvalidOperationException("Set this before the game is first used.");
            return value;
        }
    }
}
