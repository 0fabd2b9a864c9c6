// The parts of Unity's drawing, web requests and editor that the package uses. GUI writes down what it is asked to
// draw, and GUILayout which buttons there are.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
            this.x = x;
            this.y = y;
            this.width = width;
            this.height = height;
        }

        public float x { get; set; }
        public float y { get; set; }
        public float width { get; set; }
        public float height { get; set; }
    }

    public struct Vector2
    {
        public Vector2(float x, float y)
        {
            this.x = x;
            this.y = y;
        }

        public float x { get; set; }
        public float y { get; set; }
        public static Vector2 zero => default(Vector2);
    }

    public struct Color32
    {
        public byte r, g, b, a;

        public Color32(byte r, byte g, byte b, byte a)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }
    }

    public static class Mathf
    {
        public static int Max(int one, int other) => Math.Max(one, other);
        public static int Min(int one, int other) => Math.Min(one, other);
        public static float Round(float value) => (float)Math.Round(value);
        public static int RoundToInt(float value) => (int)Math.Round(value);
        public static int FloorToInt(float value) => (int)Math.Floor(value);
    }

    public static class Screen
    {
        public static int width => 1920;
        public static int height => 1080;

        // y upwards; IMGUI's goes downwards.
        public static Rect safeArea { get; internal set; } = new Rect(0, 0, 1920, 1080);
    }

    public enum TextureFormat { RGBA32 = 4 }

    public enum FilterMode { Point, Bilinear }

    public enum TextureWrapMode { Repeat, Clamp }

    [Flags]
    public enum HideFlags { None = 0, HideAndDontSave = 61 }

    public enum ScaleMode { StretchToFill }

    public enum TextAnchor { MiddleLeft = 3, MiddleCenter = 4 }

    public enum TextClipping { Overflow, Clip }

    public enum FontStyle { Normal, Bold }

    public enum SystemLanguage { English = 10, Japanese = 22 }

    public class Texture : Object
    {
        public int width { get; internal set; }
        public int height { get; internal set; }
        public FilterMode filterMode { get; set; }
        public TextureWrapMode wrapMode { get; set; }
        public HideFlags hideFlags { get; set; }
    }

    public sealed class Texture2D : Texture
    {
        internal Color32[] Pixels;
        public static Texture2D whiteTexture { get; } = new Texture2D(4, 4, TextureFormat.RGBA32, false);

        public Texture2D(int width, int height, TextureFormat format, bool mipChain)
        {
            this.width = width;
            this.height = height;
        }

        public void SetPixels32(Color32[] pixels) => Pixels = pixels;
        public void Apply() { }
    }

    public static class ColorUtility
    {
        public static bool TryParseHtmlString(string html, out Color color)
        {
            color = default(Color);
            return html != "";
        }
    }

    public sealed class Font : Object
    {
    }

    public sealed class GUIStyleState
    {
        public Color textColor { get; set; }
    }

    public sealed class GUIStyle
    {
        public GUIStyle(GUIStyle other)
        {
            wordWrap = other.wordWrap;
            richText = other.richText;
        }

        internal GUIStyle() { }
        public TextAnchor alignment { get; set; }
        public TextClipping clipping { get; set; }
        public FontStyle fontStyle { get; set; }
        public Font font { get; set; }
        public int fontSize { get; set; }
        // As in Unity's own skin.
        public bool wordWrap { get; set; } = true;
        public bool richText { get; set; } = true;
        public GUIStyleState normal { get; } = new GUIStyleState();

        // Each character half as wide as high.
        public Vector2 CalcSize(GUIContent content) => new Vector2(content.text.Length * fontSize / 2f, fontSize);
    }

    public sealed class GUIContent
    {
        public GUIContent(string text) { this.text = text; }
        public string text { get; set; }
    }

    public sealed class GUISkin
    {
        public Font font => null;
        public GUIStyle label { get; } = new GUIStyle();
    }

    public static class GUI
    {
        internal static readonly List<string> Drawn = new List<string>();

        // Where labels and textures are.
        internal static readonly List<Rect> Places = new List<Rect>();

        // The labels that do not fit into one line of their place.
        internal static readonly List<string> Cut = new List<string>();

        // The labels of which tags, as <size=99>, are obeyed.
        internal static readonly List<string> Formatted = new List<string>();

        public static GUISkin skin { get; } = new GUISkin();
        public static bool enabled { get; set; } = true;

        public static void Label(Rect position, string text, GUIStyle style)
        {
            Drawn.Add(text);
            Places.Add(position);
            if (style.wordWrap || style.CalcSize(new GUIContent(text)).x > position.width) Cut.Add(text);
            if (style.richText) Formatted.Add(text);
        }

        public static void DrawTexture(Rect position, Texture image)
        {
            Drawn.Add("texture " + position.width);
            Places.Add(position);
        }

        public static void DrawTexture(
            Rect position, Texture image, ScaleMode scaleMode, bool alphaBlend, float imageAspect, Color color,
            float borderWidth, float borderRadius)
        {
        }
    }

    public static class GUIUtility
    {
        public static string systemCopyBuffer { get; set; }
    }

    public class AsyncOperation
    {
        public event Action<AsyncOperation> completed;
        internal void Complete() => completed(this);
    }
}

namespace UnityEngine.Networking
{
    public sealed class UnityWebRequestAsyncOperation : AsyncOperation
    {
    }

    public class DownloadHandler
    {
        public string text { get; internal set; } = "";
    }

    public sealed class DownloadHandlerBuffer : DownloadHandler
    {
    }

    public class UploadHandler
    {
    }

    public sealed class UploadHandlerRaw : UploadHandler
    {
        public UploadHandlerRaw(byte[] data) { }
    }

    public sealed class UnityWebRequest : IDisposable
    {
        // As "Allow downloads over HTTP" in the project's settings, which is off from Unity 2022 on.
        internal static bool AllowsHttp;
        internal static readonly List<UnityWebRequest> Sent = new List<UnityWebRequest>();
        readonly UnityWebRequestAsyncOperation _sending = new UnityWebRequestAsyncOperation();

        public UnityWebRequest(string url, string method) { this.url = url; }
        public string url { get; set; }
        public DownloadHandler downloadHandler { get; set; }
        public UploadHandler uploadHandler { get; set; }
        public int timeout { get; set; }
        public int redirectLimit { get; set; } = 32;
        public long responseCode { get; private set; }
        public string error { get; private set; }
        internal bool IsDisposed { get; private set; }
        public void SetRequestHeader(string name, string value) { }

        public UnityWebRequestAsyncOperation SendWebRequest()
        {
            if (url.StartsWith("http:") && !AllowsHttp)
                throw new InvalidOperationException("Insecure connection not allowed");
            Sent.Add(this);
            return _sending;
        }

        public void Dispose() => IsDisposed = true;

        internal void Finish(long status, string text)
        {
            responseCode = status;
            if (status == 0) error = text;
            else downloadHandler.text = text;
            _sending.Complete();
        }
    }
}

namespace UnityEditor
{
    using UnityEngine;

    public class EditorWindow : Object
    {
        public static T GetWindow<T>(string title) where T : EditorWindow => null;
        public Vector2 minSize { get; set; }
        public void Repaint() { }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName) { }
    }

    public static class SessionState
    {
        internal static readonly Dictionary<string, bool> Kept = new Dictionary<string, bool>();
        internal static readonly Dictionary<string, int> Numbers = new Dictionary<string, int>();
        public static bool GetBool(string key, bool defaultValue) => Kept.ContainsKey(key) ? Kept[key] : defaultValue;
        public static void SetBool(string key, bool value) => Kept[key] = value;
        public static int GetInt(string key, int defaultValue) =>
            Numbers.ContainsKey(key) ? Numbers[key] : defaultValue;
        public static void SetInt(string key, int value) => Numbers[key] = value;
    }

    public enum MessageType { None, Info, Warning, Error }

    public static class EditorGUILayout
    {
        internal static readonly List<string> Texts = new List<string>();

        public static void LabelField(string label, string text, params GUILayoutOption[] options) =>
            Texts.Add(label + ": " + text);

        public static void HelpBox(string message, MessageType type) => Texts.Add(message);
        // What somebody enters into the next text field.
        internal static string Entered;

        public static string TextField(string label, string text, params GUILayoutOption[] options)
        {
            Texts.Add(label + ": " + text);
            var entered = Entered ?? text;
            Entered = null;
            return entered;
        }

        public static void Space() { }
        public static bool ToggleLeft(string label, bool value, params GUILayoutOption[] options) => value;
        public static int IntSlider(string label, int value, int least, int most, params GUILayoutOption[] options) =>
            value;
        public static Vector2 BeginScrollView(Vector2 position, params GUILayoutOption[] options) => position;
        public static void EndScrollView() { }
        public static Rect BeginHorizontal(params GUILayoutOption[] options) => default(Rect);
        public static void EndHorizontal() { }
        public static Rect GetControlRect(params GUILayoutOption[] options) => default(Rect);
    }

    public static class EditorGUI
    {
        public static void ProgressBar(Rect position, float value, string text) { }
    }

    public static class EditorApplication
    {
        public static bool isPlaying { get; internal set; }
        public static double timeSinceStartup => Time.Now;
        public static event Action quitting;
        internal static void Quit() => quitting();
    }
}
