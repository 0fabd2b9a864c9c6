using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using UnityEditor;
using UnityEditor.PackageManager;
using UnityEngine;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>The editor window's part about a server, with processes of its own: shell commands.</summary>
    static class ServerScenarios
    {
        const string Missing = "streamario up: not found at localhost:8888";

        public static void A_server_is_started_found_and_stopped()
        {
            var stage = new ServerStage("sleep 600");
            stage.Answer(0);
            Same(stage.Buttons(), "Start a server");
            True(stage.Shows("Start a server, or play without one."), stage.Shown);
            stage.Click("Start a server");
            True(stage.Shows("streamario up: starts"), stage.Shown);
            stage.Answer(200);
            True(stage.Shows("streamario up: runs at localhost:8888, started here"), stage.Shown);
            stage.Click("Show its log");
            stage.Until(() => File.Exists(EditorUtility.Revealed));
            stage.Click("Stop the server");
            True(stage.Shows("streamario up: stops"), stage.Shown);
            Same(stage.Buttons(), "Show its log", "Stop at once");
            stage.Answer(0);
            stage.Until(() => stage.Shows(Missing));
            True(!stage.Shows("The server has ended"), stage.Shown);
        }

        public static void Somebody_elses_server_is_not_stopped()
        {
            var stage = new ServerStage("");
            stage.Answer(200);
            Same(stage.Buttons());
            True(stage.Shows("streamario up: runs at localhost:8888"), stage.Shown);
        }

        public static void Another_program_at_its_port_is_no_server()
        {
            var stage = new ServerStage("");
            stage.Answer(200, "<!doctype html><title>Jupyter</title>");
            Same(stage.Buttons(), "Start a server");
            True(stage.Shows(Missing), stage.Shown);
        }

        public static void The_windows_server_ends_with_the_editor()
        {
            var stage = new ServerStage("sleep 600");
            var watch = BindingFlags.NonPublic | BindingFlags.Static;
            typeof(ServerPanel).GetMethod("EndWithTheEditor", watch).Invoke(null, null);
            stage.Click("Start a server");
            EditorApplication.Quit();
            stage.Until(() => stage.Shows(Missing));
        }

        public static void One_that_ends_by_itself_leaves_its_last_lines()
        {
            var stage = new ServerStage("echo 'PORT: in use'");
            stage.Click("Start a server");
            stage.Until(() => stage.Shows("The server has ended"));
            True(stage.Shown.Contains("\nPORT: in use\nAll that it wrote is in "), stage.Shown);
            EditorGUILayout.Entered = "echo another";
            Same(stage.Buttons(), "Start a server");
            stage.Click("Start a server");
            stage.Until(() => stage.Shown.Contains("\nanother\n"));
            True(stage.Shows("Command (optional): echo another"), stage.Shown);
        }

        public static void The_packages_clone_is_found_and_is_the_servers_folder()
        {
            var stage = new ServerStage("");
            var clone = Path.GetDirectoryName(Application.dataPath);
            var programs = Directory.CreateDirectory(Path.Combine(clone, ".venv", "bin")).FullName;
            var program = Path.Combine(programs, "streamario");
            File.WriteAllText(program, "#!/bin/sh\necho \"$1 in $PWD\"\n");
            Process.Start("/bin/chmod", "+x " + program).WaitForExit();
            PackageInfo.Folder = Directory.CreateDirectory(Path.Combine(clone, "clients", "unity")).FullName;
            stage.Click("Start a server");
            stage.Until(() => stage.Shown.Contains("\nup in " + clone + "\n"));
            PackageInfo.Folder = "";
        }

        /// <summary>The panel, its API, and the text of its buttons.</summary>
        sealed class ServerStage
        {
            readonly BenchScenarios.SlowApi _api = new BenchScenarios.SlowApi();
            readonly ServerPanel _panel;
            double _now = 1;

            public ServerStage(string command)
            {
                EditorPrefs.SetString("Streamario.ServerCommand", command);
                SessionState.SetBool(StreamarioClient.LoopbackSwitch, false);
                _panel = new ServerPanel(_api);
                _panel.Tick(_now);
            }

            public string Shown => string.Join(" | ", EditorGUILayout.Texts);

            public void Answer(int status, string text = "{'status':'ok'}")
            {
                _api.Answer(status, text);
                _now += 10;
                _panel.Tick(_now);
                Draw();
            }

            public IEnumerable<string> Buttons() => Draw().Keys;

            public void Click(string text)
            {
                Draw()[text]();
                Draw();
            }

            public bool Shows(string text) => EditorGUILayout.Texts.Any(each => each.StartsWith(text));

            public void Until(Func<bool> condition)
            {
                for (; !condition(); Thread.Sleep(10))
                {
                    _panel.Tick(_now);
                    Draw();
                }
            }

            Dictionary<string, Action> Draw()
            {
                var buttons = new Dictionary<string, Action>();
                EditorGUILayout.Texts.Clear();
                _panel.Draw((text, done) => buttons[text] = done);
                return buttons;
            }
        }
    }
}
