using UnityEngine;

namespace Streamario
{
    /// <summary>Shows for a moment what viewers have fired, and who.</summary>
    /// <remarks>It listens as any script does. So keep it in the scene: on an object that survives scene changes
    /// it would take triggers that wait for the next scene's scripts.</remarks>
    [AddComponentMenu("Streamario/Streamario Toasts")]
    [DisallowMultipleComponent]
    public sealed class StreamarioToasts : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Empty: the scene's client.")]
        StreamarioClient client;

        [SerializeField]
        [Tooltip("For the buttons' captions. Empty: their names, such as skill1.")]
        StreamarioHud hud;

        [SerializeField]
        ScreenCorner corner = ScreenCorner.BottomLeft;

        [SerializeField]
        [Range(0.5f, 3)]
        float scale = 1;

        [SerializeField]
        [Min(1)]
        [Tooltip("The most lines at once.")]
        int most = 4;

        [SerializeField]
        [Min(0.5f)]
        [Tooltip("How long a line stays (s).")]
        float seconds = 4;

        [SerializeField]
        [Tooltip("Empty: Unity's own. In WebGL that has no Japanese: set one that has.")]
        Font font;

        ToastQueue _queue;
        GameClient _game;

        /// <summary>Shows a line of your own.</summary>
        public void Show(string text)
        {
            Queue.Add(text);
        }

        ToastQueue Queue => _queue ?? (_queue = new ToastQueue(most, seconds));

        void Awake()
        {
            useGUILayout = false;
        }

        void OnDisable()
        {
            Listen(null);
        }

        void Update()
        {
            var from = client != null ? client : StreamarioClient.Instance;
            if (from != null && from.Game != _game) Listen(from.Game);
            Queue.Tick(Time.realtimeSinceStartupAsDouble);
        }

        void Listen(GameClient game)
        {
            if (_game != null) _game.Trigger -= ShowTrigger;
            _game = game;
            if (_game != null) _game.Trigger += ShowTrigger;
        }

        void ShowTrigger(ViewerTrigger trigger)
        {
            var label = hud == null ? trigger.event_type : hud.LabelOf(trigger.event_type);
            Show(trigger.HasViewerName ? trigger.viewer_name + ": " + label : label);
        }

        void OnGUI()
        {
            if (Event.current.type != EventType.Repaint) return;
            var panel = new HudPanel(corner, scale, font);
            foreach (var toast in Queue.Shown) panel.Line(toast.ToString());
        }
    }
}
