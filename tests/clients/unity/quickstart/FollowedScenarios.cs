using System.Linq;
using System.Reflection;
using UnityEditor;
using UnityEngine;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>docs/quickstart-unity.md from the prefabs to the end of a round: its scripts, its clicks.</summary>
    static class FollowedScenarios
    {
        public static void The_quick_start_leads_to_a_trigger_and_to_the_next_round()
        {
            var client = Play();
            var window = new StreamarioWindow();
            Look(window);
            Shows("State: Connected, without a server");
            Shows("Round: 1 runs"); // the script has started it
            Look(window, "Fire skill1");
            Equal(1, Debug.Logged.Count(line => line.StartsWith("#1 skill1 ")));
            Look(window, "Let the crowd come");
            for (var i = 0; i < 500; i++) Look(window);
            Shows("Viewers: 20");
            True(Debug.Logged.Any(line => line.StartsWith("#2 ")), "the crowd fires, too");
            new NextRound().Play();
            Frames(5);
            Equal(2, client.Game.Round);
            True(client.Game.InRound, "the next round runs");
        }

        static StreamarioClient Play()
        {
            InRoom(); // for its JSON
            Playing.Stop();
            PlayerPrefs.Kept.Clear();
            Debug.Logged.Clear();
            EditorApplication.isPlaying = true;
            SessionState.SetBool(StreamarioClient.LoopbackSwitch, true);
            var client = On<StreamarioClient>(new GameObject());
            Playing.Load(
                client.gameObject, On<StreamarioHud>(new GameObject()).gameObject,
                On<StreamarioToasts>(new GameObject()).gameObject, On<Fireworks>(new GameObject()).gameObject);
            Frames(5);
            return client;
        }

        /// <summary>Draws the window and plays a frame; something of the window may be clicked.</summary>
        static void Look(StreamarioWindow window, string clicked = "")
        {
            for (var i = 0; i < 2; i++)
            {
                Frames(2);
                Call(window, "Update");
                GUILayout.Buttons.Clear();
                EditorGUILayout.Texts.Clear();
                GUILayout.Clicked = clicked;
                Call(window, "OnGUI");
                True(clicked == "" || GUILayout.Buttons.Contains(clicked), clicked + " is there");
                clicked = "";
            }
        }

        static void Shows(string text)
        {
            True(EditorGUILayout.Texts.Contains(text), string.Join(" | ", EditorGUILayout.Texts));
        }

        static void Call(StreamarioWindow window, string message)
        {
            typeof(StreamarioWindow).GetMethod(message, BindingFlags.NonPublic | BindingFlags.Instance)
                .Invoke(window, null);
        }
    }
}
