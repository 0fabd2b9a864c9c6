using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using UnityEngine;
using UnityEngine.Events;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>Finding the client, and what is wired in the inspector.</summary>
    static class InspectorScenarios
    {
        /// <summary>A script that writes down what it is told.</summary>
        sealed class Listener : MonoBehaviour
        {
            public readonly List<string> Told = new List<string>();
        }

        public static void The_scenes_client_is_found_from_its_awake_until_it_is_gone()
        {
            Playing.Stop();
            Equal(null, StreamarioClient.Instance);
            var level = InRoom();
            Equal(level.Client, StreamarioClient.Instance);
            Equal(level.Client, StreamarioClient.Find("streamario"));
            Equal(null, StreamarioClient.Find("other"));
            Playing.Recompile();
            Equal(level.Client, StreamarioClient.Instance);
            Playing.Stop();
            Equal(null, StreamarioClient.Instance);
        }

        public static void The_client_that_was_kept_is_the_one_that_is_found()
        {
            var first = InRoom();
            new Level().Load();
            Equal(first.Client, StreamarioClient.Instance);
            Playing.Frame();
            Equal(first.Client, StreamarioClient.Find("streamario"));
        }

        public static void Each_of_two_clients_is_found_by_its_key()
        {
            var first = InRoom();
            var second = new Level();
            Set(second.Client, "storeKey", "second");
            second.Load();
            Equal(first.Client, StreamarioClient.Find("streamario"));
            Equal(second.Client, StreamarioClient.Find("second"));
        }

        public static void A_client_that_is_not_kept_is_found_until_the_next_scene_has_its_own()
        {
            var first = new Level();
            Set(first.Client, "keepAcrossScenes", false);
            Enter(first);
            Equal(first.Client, StreamarioClient.Instance);
            var second = new Level();
            Set(second.Client, "keepAcrossScenes", false);
            second.Load();
            Equal(second.Client, StreamarioClient.Instance);
        }

        public static void The_triggers_of_a_button_reach_what_is_wired_to_it_and_nothing_else()
        {
            var level = new Level();
            var listener = On<Listener>(level.Painter.gameObject);
            Hear(level.Client, "skill1", listener);
            Hear(level.Client, "enemy1", listener);
            Enter(level);
            Socket.BringTrigger(1);
            Playing.Frame();
            Same(listener.Told, "skill1:1");
            Same(level.Painter.Painted, 1L);
        }

        public static void A_button_alone_that_is_wired_takes_the_triggers()
        {
            var level = new Level();
            Enter(level);
            var next = new Level();
            Event<ViewerTrigger>(next.Client, "onTrigger").Targets.Clear();
            var listener = On<Listener>(next.Painter.gameObject);
            Hear(next.Client, "skill1", listener);
            next.Load();
            Playing.Frame();
            Socket.BringTrigger(1);
            Frames(60);
            Same(listener.Told, "skill1:1");
            Same(Acks(), Ack(1));
        }

        public static void Rooms_rounds_and_problems_reach_the_inspectors_events()
        {
            var level = new Level();
            var listener = On<Listener>(level.Painter.gameObject);
            Event<RoomCreated>(level.Client, "onRoomOpened")
                .Wire(listener, room => listener.Told.Add("opened " + room.room_id));
            Event<int>(level.Client, "onRoundStarted").Wire(listener, round => listener.Told.Add("round " + round));
            Event<RoundUpdate>(level.Client, "onRoundChanged")
                .Wire(listener, round => listener.Told.Add(round.paused ? "paused" : "goes on"));
            Event<Problem>(level.Client, "onError").Wire(listener, problem => listener.Told.Add(problem.Code));
            Enter(level);
            Socket.Bring("{'type':'round','status':'in_game','round':1,'paused':false,'stopped':false}");
            Socket.Bring("{'type':'round','status':'in_game','round':1,'paused':true,'stopped':false}");
            Socket.Bring("{'type':'error','code':'log_full','message':'why','retry_after_ms':0}");
            Playing.Frame();
            Same(listener.Told, "opened R", "round 1", "goes on", "paused", "log_full");
        }

        public static void A_room_that_is_lost_and_one_that_is_taken_over_reach_the_inspectors_events()
        {
            var level = new Level();
            var listener = On<Listener>(level.Painter.gameObject);
            Event<ConnectionDetail>(level.Client, "onRoomLost").Wire(listener, why => listener.Told.Add(why.Code));
            Bare(level.Client, "onReplaced").Wire(listener, () => listener.Told.Add("replaced"));
            Enter(level);
            Socket.BringClose(1001);
            Frames(120);
            Socket.BringRefusal(404, "room_not_found");
            Frames(120);
            Socket.BringRoom();
            Playing.Frame();
            Socket.BringClose(4001);
            Playing.Frame();
            Same(listener.Told, "room_not_found", "replaced");
        }

        public static void A_scene_that_comes_into_a_round_is_told_of_it()
        {
            InRoom();
            Socket.Bring("{'type':'round','status':'in_game','round':3,'paused':false,'stopped':false}");
            Playing.Frame();
            var second = new Level();
            var listener = On<Listener>(second.Painter.gameObject);
            Event<int>(second.Client, "onRoundStarted").Wire(listener, round => listener.Told.Add("round " + round));
            second.Load();
            Playing.Frame();
            Same(listener.Told, "round 3");
        }

        public static void A_menus_buttons_run_rounds_without_code()
        {
            var level = InRoom();
            level.Client.StartRound();
            level.Client.Pause();
            level.Client.Resume();
            level.Client.EndRound();
            Same(
                Socket.Sent.Where(text => !text.Contains("ping")),
                "{\"type\":\"game_start\"}", "{\"type\":\"pause\"}",
                "{\"discard\":false,\"type\":\"resume\"}", "{\"type\":\"game_end\"}");
        }

        static void Hear(StreamarioClient client, string eventType, Listener listener)
        {
            var button = new ButtonTriggered { eventType = eventType };
            button.onTrigger.Wire(listener, trigger => listener.Told.Add(eventType + ":" + trigger.seq));
            ((List<ButtonTriggered>)Field(client, "onButton")).Add(button);
        }

        static UnityEvent Bare(StreamarioClient client, string field)
        {
            return (UnityEvent)Field(client, field);
        }

        static object Field(object owner, string name)
        {
            const BindingFlags Any = BindingFlags.NonPublic | BindingFlags.Instance;
            return owner.GetType().GetField(name, Any).GetValue(owner);
        }
    }
}
