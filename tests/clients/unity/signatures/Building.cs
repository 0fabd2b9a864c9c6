// The parts of Unity's player builds that the tests' project uses, to compile against.
namespace UnityEditor
{
    using UnityEditor.Build;
    using UnityEditor.Build.Reporting;

    public enum BuildTarget { StandaloneLinux64, WebGL, Android, iOS }

    public enum BuildTargetGroup { Standalone, WebGL, Android, iOS }

    public enum BuildOptions { None }

    public enum ScriptingImplementation { Mono2x, IL2CPP }

    public static class BuildPipeline
    {
        public static BuildTargetGroup GetBuildTargetGroup(BuildTarget platform) => default(BuildTargetGroup);
        public static BuildReport BuildPlayer(
            string[] levels, string locationPathName, BuildTarget target, BuildOptions options) => null;
    }

    public static class PlayerSettings
    {
        public static void SetScriptingBackend(NamedBuildTarget target, ScriptingImplementation backend) { }
        public static void SetApplicationIdentifier(NamedBuildTarget target, string identifier) { }
    }
}

namespace UnityEditor.Build
{
    public struct NamedBuildTarget
    {
        public static NamedBuildTarget FromBuildTargetGroup(BuildTargetGroup group) => default(NamedBuildTarget);
    }
}

namespace UnityEditor.Build.Reporting
{
    public enum BuildResult { Unknown, Succeeded, Failed, Cancelled }

    public sealed class BuildReport
    {
        public BuildSummary summary => default(BuildSummary);
    }

    public struct BuildSummary
    {
        public BuildResult result => BuildResult.Unknown;
    }
}
