using System.Linq;
using System.Reflection;
using UnityEngine;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>The option to pause a round out of focus, over the end of the game.</summary>
    static class FocusScenarios
    {
        public static void A_round_that_was_paused_out_of_focus_goes_on_in_the_next_run_if_the_game_is_terminated()
        {
            PausedOutOfFocus();
            Restart();
            Same(Pauses(), "{\"discard\":false,\"type\":\"resume\"}");
            Socket.Bring("{'type':'pong','t':9}");
            Playing.Frame();
            Socket.BringClose(1006);
            Frames(60);
            Socket.BringReady(0, 0);
            Playing.Frame();
            Same(Pauses());
        }

        public static void A_pause_is_not_lifted_in_the_next_run_if_it_was_lifted_before_or_is_of_another_room()
        {
            var level = PausedOutOfFocus();
            Focus(level.Client, true);
            level.Client.Game.Pause();
            Restart();
            Same(Pauses());
            PausedOutOfFocus();
            PlayerPrefs.Kept["streamario.paused"] = "OTHER";
            Restart();
            Same(Pauses());
        }

        public static void A_game_that_quits_out_of_focus_resumes_its_round_or_leaves_it_to_the_next_run()
        {
            var level = PausedOutOfFocus();
            Destroy(level.Client);
            Same(Pauses(), "{\"type\":\"pause\"}", "{\"discard\":false,\"type\":\"resume\"}");
            level = PausedOutOfFocus();
            Socket.BringClose(1006);
            Playing.Frame();
            Destroy(level.Client);
            Restart();
            Same(Pauses(), "{\"discard\":false,\"type\":\"resume\"}");
        }

        static Level PausedOutOfFocus()
        {
            var level = InRoom();
            Set(level.Client, "pauseWithoutFocus", true);
            level.Client.Game.StartRound();
            var writes = PlayerPrefs.Writes;
            Focus(level.Client, false);
            True(PlayerPrefs.Writes > writes, "the pause outlives the game");
            return level;
        }

        /// <summary>Begins the next run with what was saved, without a word of the last one.</summary>
        static void Restart()
        {
            var kept = PlayerPrefs.Kept.ToList();
            Playing.Stop();
            foreach (var each in kept) PlayerPrefs.Kept[each.Key] = each.Value;
            Sockets.Clear();
            new Level().Load();
            Playing.Frame();
            Socket.BringReady(0, 0);
            Playing.Frame();
        }

        static string[] Pauses()
        {
            return Socket.Sent.Where(text => text.Contains("pause") || text.Contains("resume")).ToArray();
        }

        static void Destroy(StreamarioClient client)
        {
            typeof(StreamarioClient).GetMethod("OnDestroy", BindingFlags.NonPublic | BindingFlags.Instance).Invoke(client, null);
        }
    }
}
