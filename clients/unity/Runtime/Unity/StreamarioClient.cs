using System;
using UnityEngine;
using UnityEngine.Events;

namespace Streamario
{
    /// <summary>A room of viewers for this game. Drop it on an object, and subscribe to its <c>Game</c>.</summary>
    /// <remarks>It ticks by itself, keeps the room over scene changes and restarts, and sends what is left
    /// when the game ends.</remarks>
    [AddComponentMenu("Streamario/Streamario Client")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(-100)]
    public sealed partial class StreamarioClient : MonoBehaviour
    {
        [Header("Server")]
        [SerializeField]
        [Tooltip("The gateway: ws://localhost:8890 on this machine, wss://your.host elsewhere.")]
        string server = "ws://localhost:8890";

        [SerializeField]
        [Tooltip("Only where the server asks for one. Builds can be read: do not put it into a public build.")]
        string gameKey = "";

        [SerializeField]
        [Tooltip("Show secrets in the URL, for proxies that drop subprotocols. URLs end in logs.")]
        bool secretsInQuery;

        [Header("Room")]
        [SerializeField]
        [Tooltip("Connect when this object starts; otherwise call Game.Open().")]
        bool openOnStart = true;

        [SerializeField]
        [Tooltip("Open a new room where the one of the last run is gone.")]
        bool newRoomWhenLost = true;

        [SerializeField]
        [Tooltip("Under which name the room is kept in PlayerPrefs. Games side by side need different ones.")]
        string storeKey = "streamario";

        [Header("Triggers")]
        [SerializeField]
        [Tooltip("When a trigger counts as applied: when its handlers return, or when the game says so.")]
        Acknowledgement acknowledgement = Acknowledgement.WhenHandled;

        [SerializeField]
        [Min(1)]
        [Tooltip("Triggers handed over in one frame at most; the rest follows in the next.")]
        int triggersPerFrame = 20;

        [Header("Application")]
        [SerializeField]
        [Tooltip("Live on when the scene changes. Another one of the same store key then gives way, and its"
            + " events below are called as well.")]
        bool keepAcrossScenes = true;

        [SerializeField]
        [Tooltip("Go on while another window is in front, as a streamer's often is.")]
        bool runInBackground = true;

        [SerializeField]
        [Tooltip("A round that runs is paused while the game is not in front, unless it is paused already.")]
        bool pauseWithoutFocus;

        [Header("Events")]
        [SerializeField]
        UnityEvent<ViewerTrigger> onTrigger = new UnityEvent<ViewerTrigger>();

        [SerializeField]
        [Tooltip("The page where viewers press, whenever a room is there.")]
        UnityEvent<string> onViewerPage = new UnityEvent<string>();

        [SerializeField]
        UnityEvent<int> onViewerCount = new UnityEvent<int>();

        [SerializeField]
        UnityEvent<GameEndSummary> onRoundEnded = new UnityEvent<GameEndSummary>();

        [SerializeField]
        UnityEvent<ConnectionState> onConnectionChanged = new UnityEvent<ConnectionState>();

        internal static Func<ISocket> NewSocket = PlatformSocket;

        GameClient _game;
        bool _pausedByUs;
        bool _isQuitting;

        /// <summary>The gateway; may be set until the game is first used.</summary>
        public string Server
        {
            get { return InCharge.server; }
            set { InCharge.server = Unused(InCharge.server, value); }
        }

        /// <summary>The key that opens rooms; may be set until the game is first used.</summary>
        public string GameKey
        {
            get { return InCharge.gameKey; }
            set { InCharge.gameKey = Unused(InCharge.gameKey, value); }
        }

        /// <summary>The room, its events and its commands. Never null. Where this client gave way to one that
        /// was kept, its game.</summary>
        public GameClient Game
        {
            get
            {
                var inCharge = InCharge;
                if (inCharge._game == null) inCharge._game = inCharge.Make();
                return inCharge._game;
            }
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
            _game.Tick(Time.realtimeSinceStartupAsDouble);
        }

        void OnApplicationPause(bool paused)
        {
            if (_game == null) return;
            Attend(!paused);
        }

        void OnApplicationFocus(bool focused)
        {
            if (_game != null) Attend(focused);
        }

        void OnApplicationQuit()
        {
            _isQuitting = true;
        }

        // A scene that ends need not wait: what is left is sent in the background.
        void OnDestroy()
        {
            if (_game == null) return;
            _game.Close();
            if (_isQuitting) _game.FinishClosing();
        }

        void Attend(bool inFront)
        {
            if (inFront) ComeBack();
            else StepAway();
        }

        void StepAway()
        {
            _game.Save();
            if (!pauseWithoutFocus || !_game.InRound || _game.Paused) return;
            _game.Pause();
            _pausedByUs = true;
        }

        void ComeBack()
        {
            if (_pausedByUs && _game.Paused) _game.Resume();
            _pausedByUs = false;
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
            var game = new GameClient(
                options, NewSocket, new UnityJson(), new PlayerPrefsStore(storeKey), new System.Random().NextDouble);
            Wired().ConnectTo(game);
            foreach (var wiring in _handedOver) wiring.ConnectTo(game);
            game.ConnectionChanged += Log;
            game.Error += Log;
            return game;
        }

        Wiring Wired()
        {
            return new Wiring(onTrigger, onViewerPage, onViewerCount, onRoundEnded, onConnectionChanged);
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
