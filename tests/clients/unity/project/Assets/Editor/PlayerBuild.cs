using System;
using UnityEditor;
using UnityEditor.Build;
using UnityEditor.Build.Reporting;

/// <summary>Builds the sample that plays without a server, with IL2CPP.</summary>
public static class PlayerBuild
{
    const string Scene = "Assets/NoCode/NoCode.unity";

    /// <summary>Called by GameCI, with the arguments -customBuildTarget and -customBuildPath.</summary>
    public static void Build()
    {
        var target = (BuildTarget)Enum.Parse(typeof(BuildTarget), Argument("-customBuildTarget"));
        var named = NamedBuildTarget.FromBuildTargetGroup(BuildPipeline.GetBuildTargetGroup(target));
        PlayerSettings.SetScriptingBackend(named, ScriptingImplementation.IL2CPP);
        PlayerSettings.SetApplicationIdentifier(named, "com.streamario.sample");
        var report = BuildPipeline.BuildPlayer(
            new[] { Scene }, Argument("-customBuildPath"), target, BuildOptions.None);
        if (report.summary.result != BuildResult.Succeeded)
            throw new InvalidOperationException("The build has ended with " + report.summary.result + ".");
    }

    static string Argument(string name)
    {
        var arguments = Environment.GetCommandLineArgs();
        return arguments[Array.IndexOf(arguments, name) + 1];
    }
}
