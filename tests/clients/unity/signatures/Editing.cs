// The parts of Unity's editor that the window uses beside drawing.
using System;
using System.Collections.Generic;
using System.Reflection;

namespace UnityEditor
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class InitializeOnLoadMethodAttribute : Attribute
    {
    }

    public static class EditorPrefs
    {
        internal static readonly Dictionary<string, string> Kept = new Dictionary<string, string>();
        public static string GetString(string key, string defaultValue) =>
            Kept.ContainsKey(key) ? Kept[key] : defaultValue;
        public static void SetString(string key, string value) => Kept[key] = value;
    }

    public static class EditorUtility
    {
        internal static string Revealed = "";
        public static void RevealInFinder(string path) => Revealed = path;
    }
}

namespace UnityEditor.PackageManager
{
    public sealed class PackageInfo
    {
        internal static string Folder = "";
        public string resolvedPath => Folder;
        public static PackageInfo FindForAssembly(Assembly assembly) => Folder == "" ? null : new PackageInfo();
    }
}
