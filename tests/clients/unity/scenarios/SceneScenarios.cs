using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Serialization.Json;
using System.Text;
using UnityEngine;
using UnityEngine.Events;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    /// <summary>The component through scenes that come and go: see signatures/Playing.cs for what is Unity's.</summary>
    static class SceneScenarios
    {
        const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance;

        static readonly List<ScriptedSocket> Sockets = new List<ScriptedSocket>();

        static ScriptedSocket Socket => Sockets[Sockets.Count - 1];

        /// <summary>A script of a scene, wired to a client in the inspector.</summary>
        sealed class Painter : MonoBehaviour
        {
            public List<long> Painted = new List<long>();
            public List<string> Pages = new List<string>();

            public void Paint(ViewerTrigger trigger) => Painted.Add(trigger.seq);
            public void Show(string page) => Pages.Add(page);
        }

        /// <summary>A script on the client's own object, which listens by itself.</summary>
        sealed class Sibling : MonoBehaviour
        {
            public readonly List<long> Heard = new List<long>();

            void Start()
            {
                GetComponent<StreamarioClient>().Game.Trigger += Hear;
            }

            void Hear(ViewerTrigger trigger) => Heard.Add(trigger.seq);
        }

        /// <summary>A scene: a client, and a script that is wired to it.</summary>
        sealed class Level
        {
            public readonly StreamarioClient Client = On<StreamarioClient>(new GameObject());
            public readonly Painter Painter = On<Painter>(new GameObject());

            public Level()
            {
                Event<ViewerTrigger>(Client, "onTrigger").Wire(Painter, Painter.Paint);
                Event<string>(Client, "onViewerPage").Wire(Painter, Painter.Show);
            }

            public Level Load()
            {
                Playing.Load(Client.gameObject, Painter.gameObject);
                return this;
            }
        }

        public static void The_objects_of_a_scene_that_is_loaded_again_get_the_triggers()
        {
            var first = InRoom();
            Socket.BringTrigger(1);
            Playing.Frame();
            var second = new Level().Load();
            Playing.Frame();
            Socket.BringTrigger(2);
            Playing.Frame();
            Same(first.Painter.Painted, 1L);
            Same(second.Painter.Painted, 2L);
            Equal(1, Sockets.Count);
        }

        public static void A_client_that_gave_way_hands_the_page_on_where_a_room_is_there_already()
        {
            InRoom();
            var second = new Level().Load();
            Playing.Frame();
            Same(second.Painter.Pages, "http://page");
        }

        public static void Calls_on_a_client_that_gave_way_reach_the_one_that_was_kept()
        {
            var first = InRoom();
            var second = new Level().Load();
            var game = second.Client.Game;
            Playing.Frame();
            True(second.Client == null, "it is gone");
            second.Client.Game.StartRound();
            Equal(first.Client.Game, game);
            Equal(first.Client.Game, second.Client.Game);
            Equal(1, Socket.Sent.Count(text => text.Contains("game_start")));
        }

        public static void A_script_that_wakes_before_a_client_that_gives_way_has_the_same_game()
        {
            var first = InRoom();
            Equal(first.Client.Game, new Level().Client.Game);
        }

        public static void The_server_may_be_set_again_to_what_it_is()
        {
            InRoom();
            var second = new Level();
            second.Client.Server = second.Client.Server;
            second.Load();
            second.Client.Server = second.Client.Server;
            try
            {
                second.Client.Server = "ws://elsewhere";
            }
            catch (InvalidOperationException)
            {
                return;
            }
            True(false, "another server was refused");
        }

        public static void What_nobody_alive_takes_is_not_acknowledged_and_waits_for_who_does()
        {
            InRoom();
            Playing.Load();
            Socket.BringTrigger(1);
            Socket.BringTrigger(2);
            Frames(60);
            Same(Acks());
            var second = new Level().Load();
            Socket.BringTrigger(3);
            Frames(60);
            Same(second.Painter.Painted, 1L, 2L, 3L);
            Same(Acks(), Ack(3));
        }

        public static void What_waits_for_a_listener_comes_once_though_the_socket_was_lost_meanwhile()
        {
            InRoom();
            Playing.Load();
            Socket.BringTrigger(1);
            Playing.Frame();
            Socket.BringClose(1001);
            Frames(60);
            Equal(2, Sockets.Count);
            True(Socket.Request.Url.Contains("last_seq=0"), Socket.Request.Url);
            Socket.BringReady(1, 1);
            Socket.BringTrigger(1);
            Playing.Frame();
            var second = new Level().Load();
            Frames(60);
            Same(second.Painter.Painted, 1L);
            Same(Acks(), Ack(1));
        }

        public static void A_round_ends_though_triggers_of_it_wait_for_a_listener()
        {
            var level = InRoom();
            Playing.Load();
            GameEndSummary told = null;
            level.Client.Game.StartRound();
            level.Client.Game.EndRound(summary => told = summary);
            Socket.BringTrigger(1);
            Socket.BringSummary(2);
            Frames(60);
            Equal(1, told.round);
            Same(Acks());
            level.Client.Game.StartRound();
            var second = new Level().Load();
            Socket.BringTrigger(3);
            Frames(60);
            Same(second.Painter.Painted, 1L, 3L);
            Same(Acks(), Ack(3));
        }

        public static void Handlers_of_objects_that_are_gone_are_not_called()
        {
            var level = InRoom();
            var gone = On<Painter>(new GameObject());
            Playing.Load(gone.gameObject);
            level.Client.Game.Trigger += gone.Paint;
            Playing.Load();
            Socket.BringTrigger(1);
            Frames(60);
            Equal(0, gone.Painted.Count);
            Same(Acks());
        }

        public static void A_script_on_the_object_that_was_kept_goes_on_and_hears_each_trigger_once()
        {
            var first = new Level();
            var kept = On<Sibling>(first.Client.gameObject);
            Enter(first);
            var second = new Level();
            var other = On<Sibling>(second.Client.gameObject);
            second.Load();
            Playing.Frame();
            Socket.BringTrigger(1);
            Playing.Frame();
            Same(kept.Heard, 1L);
            Equal(0, other.Heard.Count);
            Same(second.Painter.Painted, 1L);
        }

        public static void A_recompile_in_play_comes_back_to_the_room_where_it_was()
        {
            var level = InRoom();
            level.Client.Game.StartRound();
            Socket.BringTrigger(1);
            Playing.Frame();
            Playing.Recompile();
            Playing.Frame();
            Equal(2, Sockets.Count);
            True(Socket.Request.Url.Contains("room_id=R&epoch=1&last_seq=1"), Socket.Request.Url);
            Same(Socket.Request.Subprotocols, "streamario.v1", "token.T");
            Socket.BringReady(2, 1);
            Socket.BringTrigger(2);
            Playing.Frame();
            Same(level.Painter.Painted, 1L, 2L);
            True(level.Client.Game.InRound, "the round goes on");
        }

        public static void After_a_recompile_later_scenes_still_give_way_and_keep_what_they_wired()
        {
            InRoom();
            var second = new Level().Load();
            Playing.Frame();
            Playing.Recompile();
            Playing.Frame();
            Socket.BringReady(0, 0);
            Socket.BringTrigger(1);
            Playing.Frame();
            Same(second.Painter.Painted, 1L);
            var third = new Level().Load();
            Playing.Frame();
            Socket.BringTrigger(2);
            Playing.Frame();
            Same(third.Painter.Painted, 2L);
            Equal(2, Sockets.Count);
        }

        public static void A_recompile_opens_nothing_that_was_not_open()
        {
            var level = InRoom();
            level.Client.Game.Close();
            Playing.Frame();
            Playing.Recompile();
            Frames(3);
            Equal(1, Sockets.Count);
        }

        public static void A_round_that_was_paused_out_of_focus_goes_on_though_a_recompile_came_between()
        {
            var level = InRoom();
            Set(level.Client, "pauseWithoutFocus", true);
            level.Client.Game.StartRound();
            Focus(level.Client, false);
            Playing.Recompile();
            Playing.Frame();
            Socket.BringReady(0, 0);
            Playing.Frame();
            Focus(level.Client, true);
            Playing.Frame();
            True(Socket.Sent.Last(text => !text.Contains("ping")).Contains("resume"), "it goes on");
        }

        public static void Without_being_kept_each_scene_has_a_client_of_its_own()
        {
            var first = new Level();
            Set(first.Client, "keepAcrossScenes", false);
            Enter(first);
            var second = new Level();
            Set(second.Client, "keepAcrossScenes", false);
            second.Load();
            Frames(2);
            Equal(1001, Sockets[0].ClosedWith);
            Equal(2, Sockets.Count);
            True(first.Client.Game != second.Client.Game, "two games");
        }

        /// <summary>A level whose client is in its new room.</summary>
        static Level InRoom()
        {
            return Enter(new Level());
        }

        static Level Enter(Level level)
        {
            Playing.Stop();
            Sockets.Clear();
            PlayerPrefs.Kept.Clear();
            JsonUtility.Reader = (type, json) => new DataContractJsonSerializer(type).ReadObject(
                new MemoryStream(Encoding.UTF8.GetBytes(json)));
            JsonUtility.Writer = Written;
            StreamarioClient.NewSocket = () =>
            {
                Sockets.Add(new ScriptedSocket());
                return Socket;
            };
            level.Load();
            Playing.Frame();
            Socket.BringRoom();
            Playing.Frame();
            return level;
        }

        static string Written(object value)
        {
            var stream = new MemoryStream();
            new DataContractJsonSerializer(value.GetType()).WriteObject(stream, value);
            return Encoding.UTF8.GetString(stream.ToArray());
        }

        static void Frames(int count)
        {
            for (var frame = 0; frame < count; frame++) Playing.Frame();
        }

        static string[] Acks()
        {
            return Socket.Sent.Where(text => text.Contains("\"ack\"")).ToArray();
        }

        static T On<T>(GameObject thing) where T : MonoBehaviour, new()
        {
            var script = new T { gameObject = thing };
            thing.Scripts.Add(script);
            return script;
        }

        static UnityEvent<T> Event<T>(StreamarioClient client, string field)
        {
            return (UnityEvent<T>)typeof(StreamarioClient).GetField(field, Private).GetValue(client);
        }

        static void Set(StreamarioClient client, string field, object value)
        {
            typeof(StreamarioClient).GetField(field, Private).SetValue(client, value);
        }

        static void Focus(StreamarioClient client, bool inFront)
        {
            typeof(StreamarioClient).GetMethod("OnApplicationFocus", Private)
                .Invoke(client, new object[] { inFront });
        }
    }
}
