using System;
using System.IO;
using UnityEditor;
using UnityEngine;

namespace Streamario
{
    /// <summary>The window's part about `streamario up` on this computer: found, started, stopped.</summary>
    sealed class ServerPanel
    {
        public const string Origin = "http://" + Host;

        const string Host = "localhost:8888";
        const double LookEvery = 2; // s
        const string ProcessKey = "Streamario.ServerProcess";
        const string CommandKey = "Streamario.ServerCommand";

        static ServerProcess _process;

        readonly ServerSearch _search;

        public ServerPanel(IRoomApi api)
        {
            _search = new ServerSearch(api, LookEvery);
        }

        // It goes on while no window is open.
        static ServerProcess Server
        {
            get
            {
                if (_process == null)
                    _process = new ServerProcess(
                        Path.Combine(Path.GetDirectoryName(Application.dataPath), "Logs", "streamario.log"),
                        Application.platform == RuntimePlatform.WindowsEditor,
                        SessionState.GetInt(ProcessKey, 0), id => SessionState.SetInt(ProcessKey, id));
                return _process;
            }
        }

        static bool IsServerless => SessionState.GetBool(StreamarioClient.LoopbackSwitch, false);

        static string Command
        {
            get => EditorPrefs.GetString(CommandKey, "");
            set => EditorPrefs.SetString(CommandKey, value);
        }

        // Where the package was added from disk, it is in a clone: clients/unity.
        static string Clone
        {
            get
            {
                var package = UnityEditor.PackageManager.PackageInfo.FindForAssembly(typeof(ServerPanel).Assembly);
                return package == null ? "" : Path.GetFullPath(Path.Combine(package.resolvedPath, "..", ".."));
            }
        }

        string State
        {
            get
            {
                if (Server.IsStopping) return "stops";
                if (_search.IsFound) return "runs at " + Host + (Server.IsRunning ? ", started here" : "");
                return Server.IsRunning ? "starts, no answer at " + Host + " yet" : "not found at " + Host;
            }
        }

        [InitializeOnLoadMethod]
        static void EndWithTheEditor()
        {
            EditorApplication.quitting += () => Server.Stop();
        }

        public void Tick(double now)
        {
            Server.Tick();
            _search.Tick(now);
        }

        /// <param name="button">Draws a button, and does what it is for when it is clicked.</param>
        public void Draw(Action<string, Action> button)
        {
            EditorGUILayout.LabelField("streamario up", State);
            if (Server.IsRunning) DrawRunning(button);
            else if (!_search.IsFound) DrawMissing(button);
            var isServerless = EditorGUILayout.ToggleLeft("Without a server, from the next Play on", IsServerless);
            if (isServerless != IsServerless) SessionState.SetBool(StreamarioClient.LoopbackSwitch, isServerless);
        }

        static void DrawRunning(Action<string, Action> button)
        {
            EditorGUILayout.BeginHorizontal();
            // First, so that a double click on "Start a server" does not stop it.
            button("Show its log", () => EditorUtility.RevealInFinder(Server.Log));
            button(Server.IsStopping ? "Stop at once" : "Stop the server", Server.Stop);
            EditorGUILayout.EndHorizontal();
            if (Server.Problem != "") EditorGUILayout.HelpBox(Server.Problem, MessageType.Warning);
        }

        static void DrawMissing(Action<string, Action> button)
        {
            button("Start a server", () => Server.Start(Clone, Command));
            var command = EditorGUILayout.TextField("Command (optional)", Command);
            if (command != Command) Command = command;
            if (Server.Problem != "") EditorGUILayout.HelpBox(Server.Problem, MessageType.Warning);
            else if (!IsServerless) EditorGUILayout.HelpBox(
                "Start a server, or play without one. A server elsewhere is not looked for.", MessageType.Info);
        }
    }
}
