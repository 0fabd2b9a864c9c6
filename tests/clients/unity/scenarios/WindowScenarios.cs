using System.Linq;
using System.Reflection;
using UnityEditor;
using UnityEngine;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>The editor window: what it shows, and what its buttons do.</summary>
    static class WindowScenarios
    {
        public static void Before_play_it_says_what_to_do()
        {
            EditorApplication.isPlaying = false;
            var window = new StreamarioWindow();
            Pass(window);
            True(EditorGUILayout.Texts.Contains("Press Play to open a room."), Shown());
            Playing.Stop();
            EditorApplication.isPlaying = true;
            Pass(window);
            True(EditorGUILayout.Texts.Any(text => text.StartsWith("There is no Streamario Client")), Shown());
        }

        public static void It_shows_the_room_and_fires_a_button()
        {
            var window = Open(out var played);
            True(EditorGUILayout.Texts.Contains("State: Connected, without a server"), Shown());
            True(EditorGUILayout.Texts.Contains("Round: 1 runs"), Shown());
            Pass(window, "Fire enemy1");
            Scenes.Frames(2);
            Equal(1, played.Script.Heard);
            Pass(window);
            True(EditorGUILayout.Texts.Contains("Fired enemy1."), Shown());
        }

        public static void It_lets_a_crowd_come_and_sends_it_home()
        {
            var window = Open(out var played);
            Pass(window, "Let the crowd come");
            for (var i = 0; i < 200; i++) Step(window);
            Equal(20, played.Level.Client.Game.Viewers);
            True(played.Script.Heard > 0, "it presses");
            Pass(window, "Send it home");
            Pass(window);
            True(GUILayout.Buttons.Contains("Let the crowd come"), "it went");
            True(EditorGUILayout.Texts.Any(text => text.StartsWith("20 viewers have come.")), Shown());
        }

        public static void It_runs_rounds()
        {
            var window = Open(out var played);
            Pass(window, "Pause");
            True(played.Level.Client.Game.Paused, "paused");
            Pass(window, "Resume");
            True(!played.Level.Client.Game.Paused, "it goes on");
            Pass(window, "End the round");
            Scenes.Frames(2);
            Pass(window, "Start a round");
            Scenes.Frames(2);
            Equal(2, played.Level.Client.Game.Round);
        }

        public static void It_says_why_the_game_is_not_connected()
        {
            EditorApplication.isPlaying = true;
            Scenes.InRoom();
            var window = new StreamarioWindow();
            Step(window);
            Pass(window);
            True(EditorGUILayout.Texts.Contains("State: Connected"), Shown());
            Scenes.Socket.BringClose(4001);
            Step(window);
            Pass(window);
            True(EditorGUILayout.Texts.Contains("State: Replaced"), Shown());
            True(EditorGUILayout.Texts.Any(text => text.StartsWith("replaced: ")), Shown());
        }

        public static void It_opens_pages_of_the_web_alone()
        {
            EditorApplication.isPlaying = true;
            var hostile = new[]
            {
                "file:///etc/passwd", "/etc/passwd", @"\\host\share\a.exe", @"C:\a.exe", "javascript:alert(1)", "steam://run/1",
                "ms-msdt:/id", "httpx://page", "page.example", "//page.example", "https:",
            };
            foreach (var url in hostile)
            {
                LedTo(url);
                True(!GUILayout.Buttons.Contains("Open"), url);
                True(EditorGUILayout.Texts.Contains("Viewers' page: " + url), Shown());
                True(EditorGUILayout.Texts.Any(text => text.EndsWith("and is not opened.")), Shown());
            }
            foreach (var url in new[] { "http://page:8888/play/R", "HTTPS://page.example/?room=R#x" })
            {
                Pass(LedTo(url), "Open");
                True(EditorGUILayout.Texts.All(text => !text.EndsWith("and is not opened.")), Shown());
            }
            Same(Application.Opened, "http://page:8888/play/R", "https://page.example/?room=R#x");
        }

        /// <summary>A window on a room for which the server names this page.</summary>
        static StreamarioWindow LedTo(string page)
        {
            Scenes.Enter(new Scenes.Level(), page);
            var window = new StreamarioWindow();
            Step(window);
            Pass(window);
            return window;
        }

        static StreamarioWindow Open(out HudScenarios.Played played)
        {
            EditorApplication.isPlaying = true;
            played = new HudScenarios.Played();
            var window = new StreamarioWindow();
            for (var i = 0; i < 3; i++) Step(window);
            Pass(window);
            return window;
        }

        static void Step(StreamarioWindow window)
        {
            Playing.Frame();
            Call(window, "Update");
        }

        /// <summary>Draws the window as Unity does: the pass that lays out, then the one in which a button is
        /// clicked. Unity throws if the controls of the two differ.</summary>
        static void Pass(StreamarioWindow window, string clicked = "")
        {
            var laidOut = Controls(window, "");
            Equal(laidOut, Controls(window, clicked));
            True(clicked == "" || GUILayout.Buttons.Contains(clicked), clicked + " is there");
        }

        static string Controls(StreamarioWindow window, string clicked)
        {
            GUILayout.Buttons.Clear();
            EditorGUILayout.Texts.Clear();
            GUILayout.Clicked = clicked;
            Call(window, "OnGUI");
            GUILayout.Clicked = "";
            return string.Join(" | ", GUILayout.Buttons.Concat(EditorGUILayout.Texts));
        }

        static void Call(StreamarioWindow window, string message)
        {
            typeof(StreamarioWindow).GetMethod(message, BindingFlags.NonPublic | BindingFlags.Instance)
                .Invoke(window, null);
        }

        static string Shown() => string.Join(" | ", EditorGUILayout.Texts);
    }
}
