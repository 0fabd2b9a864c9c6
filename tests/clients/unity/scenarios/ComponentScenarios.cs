using System.Linq;
using System.Reflection;
using UnityEngine;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class ComponentScenarios
    {
        // Unity calls private methods and fills private fields.
        const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance;

        public static void Out_of_focus_a_round_is_paused_and_in_focus_it_goes_on()
        {
            var stage = Playing();
            var component = Component(stage);
            Focus(component, false);
            Focus(component, false);
            Focus(component, true);
            Focus(component, true);
            Same(Pauses(stage), "{\"type\":\"pause\"}", "{\"discard\":false,\"type\":\"resume\"}");
        }

        public static void A_round_that_ends_out_of_focus_leaves_nothing_to_lift()
        {
            var stage = Playing();
            var component = Component(stage);
            Focus(component, false);
            stage.Socket.BringSummary(1);
            stage.Step();
            Focus(component, true);
            stage.Client.StartRound();
            Focus(component, false);
            Focus(component, true);
            Same(Pauses(stage), "{\"type\":\"pause\"}", "{\"type\":\"pause\"}", "{\"discard\":false,\"type\":\"resume\"}");
        }

        public static void A_pause_of_the_game_itself_outlives_a_change_of_windows()
        {
            var stage = Playing();
            var component = Component(stage);
            stage.Client.Pause();
            Focus(component, false);
            Focus(component, true);
            Same(Pauses(stage), "{\"type\":\"pause\"}");
            True(stage.Client.Paused, "the game has not lifted it");
        }

        public static void Out_of_focus_the_progress_is_written()
        {
            var stage = Stage.InRoom(1);
            var flushes = stage.Store.Flushes;
            Focus(Component(stage), false);
            Equal(flushes + 1, stage.Store.Flushes);
        }

        public static void An_object_that_goes_with_its_scene_holds_nobody_up()
        {
            var stage = Playing();
            Call(Component(stage), "OnDestroy");
            Equal(1001, stage.Socket.ClosedWith);
            Equal(null, stage.Socket.WaitedFor);
            True(!stage.Socket.Aborted, "what is left is sent");
        }

        public static void A_game_that_quits_sends_what_is_left()
        {
            var stage = Playing();
            var component = Component(stage);
            Call(component, "OnApplicationQuit");
            Call(component, "OnDestroy");
            Equal(1001, stage.Socket.ClosedWith);
            True(stage.Socket.WaitedFor > 1, "it was waited for");
        }

        public static void Saving_in_play_writes_no_file()
        {
            var store = new PlayerPrefsStore("room");
            var writes = PlayerPrefs.Writes;
            store.Save(new SavedRoom());
            True(PlayerPrefs.Kept.ContainsKey("room"), "the room is noted");
            Equal(writes, PlayerPrefs.Writes);
            store.Flush();
            Equal(writes + 1, PlayerPrefs.Writes);
            store.Forget();
            Equal(writes + 2, PlayerPrefs.Writes);
            Equal(null, store.Load());
        }

        static Stage Playing()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            return stage;
        }

        /// <summary>The component around a client, with its option to pause switched on.</summary>
        static StreamarioClient Component(Stage stage)
        {
            var component = new StreamarioClient();
            Set(component, "_game", stage.Client);
            Set(component, "pauseWithoutFocus", true);
            return component;
        }

        static void Focus(StreamarioClient component, bool inFront)
        {
            Call(component, "OnApplicationFocus", inFront);
        }

        static void Call(StreamarioClient component, string message, params object[] arguments)
        {
            typeof(StreamarioClient).GetMethod(message, Private).Invoke(component, arguments);
        }

        static void Set(StreamarioClient component, string field, object value)
        {
            typeof(StreamarioClient).GetField(field, Private).SetValue(component, value);
        }

        static string[] Pauses(Stage stage)
        {
            return stage.Socket.Sent.Where(text => text.Contains("pause") || text.Contains("resume")).ToArray();
        }
    }
}
