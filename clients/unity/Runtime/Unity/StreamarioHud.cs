using System.Collections.Generic;
using UnityEngine;

namespace Streamario
{
    /// <summary>Shows the QR code of the viewers' page, the room's code and the buttons' progress.</summary>
    /// <remarks>Drawn with IMGUI: it needs no canvas, font, event system or package, and looks the same in every
    /// render pipeline. Draw your own from QrCode, Code and Buttons, with Visible off.</remarks>
    [AddComponentMenu("Streamario/Streamario HUD")]
    [DisallowMultipleComponent]
    public sealed class StreamarioHud : MonoBehaviour
    {
        static readonly ButtonProgress[] None = new ButtonProgress[0];

        [SerializeField]
        [Tooltip("Empty: the scene's client.")]
        StreamarioClient client;

        [SerializeField]
        ScreenCorner corner = ScreenCorner.TopRight;

        [SerializeField]
        [Range(0.5f, 3)]
        [Tooltip("1: as wide as a fifth of the screen's height.")]
        float scale = 1;

        [SerializeField]
        [Tooltip("Off: draw it yourself from this component's properties.")]
        bool visible = true;

        [SerializeField]
        bool showQrCode = true;

        [SerializeField]
        bool showButtons = true;

        [SerializeField]
        [Tooltip("Empty: Unity's own. In WebGL that has no Japanese: set one that has.")]
        Font font;

        ButtonBoard _board;
        IRoomApi _api;
        Texture2D _qrCode;
        string _page = "";
        string _logged = "";

        /// <summary>The QR code of the viewers' page; null while there is no room.</summary>
        public Texture2D QrCode => _qrCode;

        /// <summary>The code that viewers can type; "" while there is none.</summary>
        public string Code => _board == null ? "" : _board.Code;

        /// <summary>The room's enabled buttons, as of a second ago.</summary>
        public IReadOnlyList<ButtonProgress> Buttons => _board == null ? None : _board.Buttons;

        /// <summary>Why Code and Buttons cannot be read from the server, which is asked again and again; ""
        /// otherwise.</summary>
        public string Problem => _board == null ? "" : _board.Problem;

        /// <summary>Whether the component draws.</summary>
        public bool Visible
        {
            get { return visible; }
            set { visible = value; }
        }

        /// <summary>The caption of a button in the system's language; its name while that is not
        /// known.</summary>
        public string LabelOf(string eventType)
        {
            return _board == null ? eventType : _board.LabelOf(eventType);
        }

        void Awake()
        {
            useGUILayout = false;
        }

        void Update()
        {
            var from = client != null ? client : StreamarioClient.Instance;
            if (from == null) return;
            Follow(from.Api);
            if (_board != null) _board.Tick(Time.realtimeSinceStartupAsDouble, from.Game.RoomId);
            if (Problem != _logged) Log(Problem);
            if (from.Game.WebUrl != _page) ShowPage(from.Game.WebUrl);
        }

        void Follow(IRoomApi api)
        {
            if (api == null || api == _api) return;
            _api = api;
            _board = new ButtonBoard(api, new UnityJson(), new System.Random().NextDouble)
            {
                Language = Application.systemLanguage == SystemLanguage.Japanese ? "ja" : "en",
            };
        }

        void Log(string problem)
        {
            _logged = problem;
            if (problem != "") Debug.LogWarning("Streamario HUD: the buttons cannot be read. " + problem, this);
        }

        void ShowPage(string page)
        {
            _page = page;
            if (_qrCode != null) Destroy(_qrCode);
            _qrCode = page == "" ? null : QrTexture.Of(page);
        }

        void OnDestroy()
        {
            if (_qrCode != null) Destroy(_qrCode);
        }

        void OnGUI()
        {
            if (!visible || Event.current.type != EventType.Repaint) return;
            var panel = new HudPanel(corner, scale, font);
            if (showQrCode && _qrCode != null) panel.QrCode(_qrCode);
            if (showQrCode && Code != "") panel.Code(Code);
            if (!showButtons) return;
            foreach (var button in Buttons) panel.Button(button);
            if (Problem != "") panel.Line(Problem);
        }
    }
}
