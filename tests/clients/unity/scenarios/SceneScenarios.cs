using System;
using System.Linq;
using System.Reflection;
using UnityEngine;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>The component across scene changes.</summary>
    static class SceneScenarios
    {
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

        public static void After_a_recompile_the_sample_hears_the_game_again()
        {
            var level = new Level();
            var sample = On<FireworksOnTrigger>(level.Client.gameObject);
            Enter(level);
            Playing.Recompile();
            Playing.Frame();
            Socket.BringReady(0, 0);
            Socket.BringSummary(1);
            Playing.Frame();
            const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance;
            Equal("Round 1 is over", typeof(FireworksOnTrigger).GetField("_last", Private).GetValue(sample));
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

        public static void The_api_is_there_again_after_a_recompile()
        {
            var level = InRoom();
            Set(level.Client, "apiUrl", "https://api.example");
            True(level.Client.Api != null, "it is known");
            Playing.Recompile();
            True(level.Client.Api != null, "it is known again");
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
    }
}
