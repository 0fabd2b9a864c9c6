// The parts of Unity's scripting interface that the package uses: names and types, to compile against. Only
// PlayerPrefs stores values, and counts how often it is written; Playing.cs creates and destroys objects.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public class Object
    {
        internal bool IsGone;
        public static void Destroy(Object target) => Playing.Doom(target);
        public static void Destroy(Object target, float seconds) { }
        public static void DestroyImmediate(Object target) { }
        public static void DontDestroyOnLoad(Object target) => Playing.Keep(target);
        public static implicit operator bool(Object target) => target != null;
        public static bool operator ==(Object one, Object other) => Id(one) == Id(other);
        public static bool operator !=(Object one, Object other) => Id(one) != Id(other);
        public override bool Equals(object other) => ReferenceEquals(this, other);
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
        static object Id(Object target) => ReferenceEquals(target, null) || target.IsGone ? null : target;
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }
        public Transform transform => gameObject.transform;
        public T GetComponent<T>() => gameObject.GetComponent<T>();
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; } = true;
    }

    public class MonoBehaviour : Behaviour
    {
        public bool useGUILayout { get; set; }
        public Coroutine StartCoroutine(System.Collections.IEnumerator routine) => null;
    }

    public sealed class Coroutine
    {
    }

    public sealed class WaitForSeconds
    {
        public WaitForSeconds(float seconds) { }
    }

    public class Light : Behaviour
    {
    }

    public sealed class GameObject : Object
    {
        internal readonly List<MonoBehaviour> Scripts = new List<MonoBehaviour>();
        public GameObject() { }
        public GameObject(string name) { }
        public Transform transform { get; } = new Transform();
        public void SetActive(bool value) { }
        public static GameObject CreatePrimitive(PrimitiveType type) => null;
        public T AddComponent<T>() where T : Component => null;
        public T GetComponent<T>() => System.Linq.Enumerable.FirstOrDefault(System.Linq.Enumerable.OfType<T>(Scripts));
    }

    public class Transform : Component
    {
        public Vector3 position { get; set; }
        public Vector3 localScale { get; set; }
        public void SetParent(Transform parent) { }
    }

    public class Renderer : Component
    {
        public Material material { get; set; }
    }

    public class Material : Object
    {
        public Color color { get; set; }
    }

    public class Rigidbody : Component
    {
        public void AddForce(Vector3 force, ForceMode mode) { }
    }

    public sealed class Ping
    {
        public Ping(string address) { }
        public bool isDone => true;
        public int time => 0;
    }

    public struct Vector3
    {
        public static Vector3 one => default(Vector3);
        public static Vector3 up => default(Vector3);
        public static Vector3 operator *(Vector3 vector, float factor) => vector;
        public static Vector3 operator +(Vector3 one, Vector3 other) => one;
    }

    public struct Color
    {
        public Color(float r, float g, float b, float a = 1) { }
        public static Color red => default(Color);
        public static Color cyan => default(Color);
        public static Color white => default(Color);
    }

    public static class Random
    {
        public static Vector3 insideUnitSphere => default(Vector3);
    }

    public enum PrimitiveType { Sphere, Capsule, Cylinder, Cube }

    public enum ForceMode { Force = 0, Impulse = 1, VelocityChange = 2, Acceleration = 5 }

    public enum KeyCode { None = 0, E = 101, S = 115 }

    public enum EventType { MouseDown = 0, KeyDown = 4, Repaint = 7 }

    public sealed class Event
    {
        public static Event current { get; internal set; }
        public EventType type { get; set; }
        public KeyCode keyCode { get; set; }
    }

    public class GUILayoutOption
    {
    }

    public class GUILayout
    {
        // The button that the next pass clicks, and all that it drew.
        internal static string Clicked = "";
        internal static readonly List<string> Buttons = new List<string>();

        public static void Label(string text, params GUILayoutOption[] options) { }

        public static bool Button(string text, params GUILayoutOption[] options)
        {
            Buttons.Add(text);
            return text == Clicked;
        }

        public static string TextField(string text, params GUILayoutOption[] options) => text;
    }

    public enum RuntimePlatform { OSXEditor = 0, WindowsEditor = 7, LinuxEditor = 16 }

    public static class Application
    {
        public static string dataPath => System.IO.Path.Combine(AppDomain.CurrentDomain.BaseDirectory, "Assets");
        public static RuntimePlatform platform => RuntimePlatform.LinuxEditor;
        public static bool runInBackground { get; set; }
        public static bool isPlaying => true;
        public static SystemLanguage systemLanguage { get; internal set; } = SystemLanguage.English;
        internal static readonly List<string> Opened = new List<string>();
        public static void OpenURL(string url) => Opened.Add(url);
    }

    public static class Time
    {
        internal static double Now;
        public static double realtimeSinceStartupAsDouble => Now;
    }

    public static class Debug
    {
        internal static readonly List<string> Logged = new List<string>();
        public static void Log(object message) => Logged.Add(message.ToString());
        public static void LogError(object message, Object context) { }
        public static void LogException(Exception exception, Object context) { }
        internal static readonly List<string> Warnings = new List<string>();
        public static void LogWarning(object message, Object context) => Warnings.Add(message.ToString());
    }

    public static class JsonUtility
    {
        internal static Func<Type, string, object> Reader = (type, json) => null;
        internal static Func<object, string> Writer = value => null;
        public static T FromJson<T>(string json) => (T)Reader(typeof(T), json);
        public static string ToJson(object value) => Writer(value);
    }

    public static class PlayerPrefs
    {
        public static readonly Dictionary<string, string> Kept = new Dictionary<string, string>();
        public static int Writes { get; private set; }
        public static string GetString(string key, string defaultValue)
        {
            string kept;
            return Kept.TryGetValue(key, out kept) ? kept : defaultValue;
        }
        public static void SetString(string key, string value) => Kept[key] = value;
        public static void DeleteKey(string key) => Kept.Remove(key);
        public static void Save() => Writes++;
    }

    public enum RuntimeInitializeLoadType { SubsystemRegistration = 4 }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class RuntimeInitializeOnLoadMethodAttribute : Attribute
    {
        public RuntimeInitializeOnLoadMethodAttribute(RuntimeInitializeLoadType type) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Field, AllowMultiple = true)]
    public sealed class HeaderAttribute : Attribute
    {
        public HeaderAttribute(string header) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string tooltip) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class RangeAttribute : Attribute
    {
        public RangeAttribute(float min, float max) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class MinAttribute : Attribute
    {
        public MinAttribute(float min) { }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenu : Attribute
    {
        public AddComponentMenu(string menuName) { }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DisallowMultipleComponent : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DefaultExecutionOrder : Attribute
    {
        internal readonly int Order;
        public DefaultExecutionOrder(int order) { Order = order; }
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type requiredComponent) { }
    }
}

namespace UnityEngine.Events
{
    public abstract class UnityEventBase
    {
        internal readonly List<Object> Targets = new List<Object>();
        public int GetPersistentEventCount() => Targets.Count;
        public Object GetPersistentTarget(int index) => Targets[index];
    }

    [Serializable]
    public class UnityEvent : UnityEventBase
    {
        readonly List<Action> _calls = new List<Action>();

        internal void Wire(Object target, Action call)
        {
            Targets.Add(target);
            _calls.Add(call);
        }

        public void Invoke()
        {
            for (var i = 0; i < _calls.Count; i++)
                if (Targets[i] != null) _calls[i]();
        }
    }

    [Serializable]
    public class UnityEvent<T0> : UnityEventBase
    {
        readonly List<Action<T0>> _calls = new List<Action<T0>>();

        // As the inspector does.
        internal void Wire(Object target, Action<T0> call)
        {
            Targets.Add(target);
            _calls.Add(call);
        }

        // Unity skips targets that no longer exist.
        public void Invoke(T0 value)
        {
            for (var i = 0; i < Targets.Count; i++)
                if (Targets[i] != null) _calls[i](value);
        }
    }
}
