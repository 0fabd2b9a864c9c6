// The parts of Unity's scripting interface that the package uses: names and types, to compile against. Only
// PlayerPrefs keeps what it is told, and counts how often it is written.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public class Object
    {
        public static void Destroy(Object target) { }
        public static void Destroy(Object target, float seconds) { }
        public static void DontDestroyOnLoad(Object target) { }
        public static implicit operator bool(Object target) => target != null;
    }

    public class Component : Object
    {
        public GameObject gameObject => null;
        public Transform transform => null;
        public T GetComponent<T>() => default(T);
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; }
    }

    public class MonoBehaviour : Behaviour
    {
    }

    public sealed class GameObject : Object
    {
        public Transform transform => null;
        public static GameObject CreatePrimitive(PrimitiveType type) => null;
        public T AddComponent<T>() where T : Component => null;
        public T GetComponent<T>() => default(T);
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
        public static Color red => default(Color);
        public static Color cyan => default(Color);
    }

    public static class Random
    {
        public static Vector3 insideUnitSphere => default(Vector3);
    }

    public enum PrimitiveType { Sphere, Capsule, Cylinder, Cube }

    public enum ForceMode { Force = 0, Impulse = 1, VelocityChange = 2, Acceleration = 5 }

    public enum KeyCode { None = 0, E = 101, S = 115 }

    public enum EventType { MouseDown = 0, KeyDown = 4 }

    public sealed class Event
    {
        public static Event current => null;
        public EventType type { get; set; }
        public KeyCode keyCode { get; set; }
    }

    public class GUILayoutOption
    {
    }

    public class GUILayout
    {
        public static void Label(string text, params GUILayoutOption[] options) { }
        public static bool Button(string text, params GUILayoutOption[] options) => false;
        public static string TextField(string text, params GUILayoutOption[] options) => text;
    }

    public static class Application
    {
        public static bool runInBackground { get; set; }
    }

    public static class Time
    {
        public static double realtimeSinceStartupAsDouble => 0;
    }

    public static class Debug
    {
        public static void Log(object message) { }
        public static void LogError(object message, Object context) { }
        public static void LogException(Exception exception, Object context) { }
        public static void LogWarning(object message, Object context) { }
    }

    public static class JsonUtility
    {
        public static T FromJson<T>(string json) => default(T);
        public static string ToJson(object value) => null;
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
        public DefaultExecutionOrder(int order) { }
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type requiredComponent) { }
    }
}

namespace UnityEngine.Events
{
    [Serializable]
    public class UnityEvent<T0>
    {
        public void Invoke(T0 value) { }
    }
}
