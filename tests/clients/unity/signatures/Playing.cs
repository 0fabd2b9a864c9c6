// Plays scenes in the order in which Unity calls its scripts, as far as the package relies on it (Unity manual:
// "Order of execution for event functions", "Script serialization", "Domain reloading"):
// - Loading a scene replaces the last one: OnDisable and OnDestroy of objects that are not kept, then Awake
//   and OnEnable script by script, lower execution orders first. OnEnable is not called if Awake disabled the script.
// - Start comes before a script's first Update, and all Starts of a frame before its Updates.
// - Destroyed objects are removed at the end of the frame: OnDisable, OnDestroy; then they equal null.
// - A recompile calls OnDisable, clears static fields, keeps each script's serialisable fields, even private ones,
//   and calls OnEnable, but neither Awake nor Start. A reference to a component that was null comes back as an object
//   that only equals null.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace UnityEngine
{
    static class Playing
    {
        const BindingFlags Fields =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

        static readonly List<GameObject> Loaded = new List<GameObject>();
        static readonly HashSet<GameObject> Kept = new HashSet<GameObject>();
        static readonly HashSet<MonoBehaviour> Started = new HashSet<MonoBehaviour>();
        static readonly List<GameObject> Doomed = new List<GameObject>();

        /// <summary>Ends everything, as leaving play mode does.</summary>
        public static void Stop()
        {
            foreach (var script in Ordered(Loaded)) Call(script, "OnApplicationQuit");
            foreach (var thing in Loaded.ToList()) Remove(thing);
            Kept.Clear();
            Started.Clear();
            Doomed.Clear();
        }

        /// <summary>Loads a scene of these objects, which replaces the last one.</summary>
        public static void Load(params GameObject[] scene)
        {
            foreach (var thing in Loaded.Where(each => !Kept.Contains(each)).ToList()) Remove(thing);
            Loaded.AddRange(scene);
            foreach (var script in Ordered(scene)) Wake(script);
        }

        public static void Frame()
        {
            Time.Now += 0.02;
            foreach (var script in Running().Where(each => Started.Add(each)).ToList()) Call(script, "Start");
            foreach (var script in Running()) Call(script, "Update");
            foreach (var thing in Doomed.Where(each => !each.IsGone).ToList()) Remove(thing);
            Doomed.Clear();
        }

        public static void Recompile()
        {
            var running = Running();
            foreach (var script in running) Call(script, "OnDisable");
            foreach (var script in running) Forget(script);
            foreach (var script in running) Call(script, "OnEnable");
        }

        public static void Doom(Object target)
        {
            var thing = target as GameObject;
            if (thing == null) target.IsGone = true;
            else Doomed.Add(thing);
        }

        public static void Keep(Object target)
        {
            Kept.Add((GameObject)target);
        }

        static List<MonoBehaviour> Running()
        {
            return Ordered(Loaded).Where(script => script.enabled).ToList();
        }

        static List<MonoBehaviour> Ordered(IEnumerable<GameObject> things)
        {
            return things.SelectMany(thing => thing.Scripts).OrderBy(Order).ToList();
        }

        static int Order(MonoBehaviour script)
        {
            var order = script.GetType().GetCustomAttribute<DefaultExecutionOrder>();
            return order == null ? 0 : order.Order;
        }

        static void Wake(MonoBehaviour script)
        {
            Call(script, "Awake");
            if (script.enabled) Call(script, "OnEnable");
        }

        static void Remove(GameObject thing)
        {
            Loaded.Remove(thing);
            foreach (var script in thing.Scripts)
            {
                if (script.enabled) Call(script, "OnDisable");
                Call(script, "OnDestroy");
                script.IsGone = true;
            }
            thing.IsGone = true;
        }

        static void Call(MonoBehaviour script, string message)
        {
            var method = script.GetType().GetMethod(message, BindingFlags.Instance | BindingFlags.NonPublic);
            if (method != null) method.Invoke(script, null);
        }

        static void Forget(MonoBehaviour script)
        {
            var fresh = Activator.CreateInstance(script.GetType());
            foreach (var field in script.GetType().GetFields(Fields))
            {
                if (field.IsStatic) (field.GetValue(null) as IDictionary)?.Clear();
                else if (field.IsInitOnly || field.IsNotSerialized || !IsSerialised(field.FieldType))
                    field.SetValue(script, field.GetValue(fresh));
                else if (typeof(MonoBehaviour).IsAssignableFrom(field.FieldType) && field.GetValue(script) == null)
                    field.SetValue(script, Gone(field.FieldType));
            }
        }

        static object Gone(Type type)
        {
            var gone = (Object)Activator.CreateInstance(type);
            gone.IsGone = true;
            return gone;
        }

        static bool IsSerialised(Type type)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
                return IsSerialised(type.GetGenericArguments()[0]);
            if (typeof(IDictionary).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)) return false;
            return type.IsPrimitive || type.IsEnum || type == typeof(string)
                || typeof(Object).IsAssignableFrom(type) || type.IsDefined(typeof(SerializableAttribute), false);
        }
    }
}
