using System.Collections.Generic;
using System.Linq;
using UnityEngine;
using UnityEngine.Networking;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>The components of the prefabs, in a scene that plays without a server.</summary>
    static class HudScenarios
    {
        internal sealed class Played
        {
            public readonly Level Level = new Level();
            public readonly StreamarioHud Hud = On<StreamarioHud>(new GameObject());
            public readonly StreamarioToasts Toasts = On<StreamarioToasts>(new GameObject());
            public readonly Fifteen Script = new Fifteen();

            public Played()
            {
                InRoom(); // for its JSON
                Playing.Stop();
                PlayerPrefs.Kept.Clear();
                Set(Level.Client, "server", " loopback ");
                typeof(StreamarioToasts).GetField("hud", Private).SetValue(Toasts, Hud);
                Playing.Load(
                    Level.Client.gameObject, Level.Painter.gameObject, Hud.gameObject, Toasts.gameObject);
                Level.Client.Game.Trigger += Script.Hear;
                Frames(3);
                Level.Client.StartRound();
                Frames(3);
            }

            public void Fire(string eventType)
            {
                var body = new UnityJson().Write(new FireBody { event_type = eventType });
                Level.Client.Api.Send("/api/rooms/LOOPBACK/fire", body, "", answer => { });
                Frames(2);
            }
        }

        internal sealed class Fifteen
        {
            public int Heard;

            public void Hear(ViewerTrigger trigger) => Heard++;
        }

        const System.Reflection.BindingFlags Private =
            System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance;

        public static void A_scene_plays_without_a_server_and_keeps_the_saved_room()
        {
            var played = new Played();
            played.Fire("skill1");
            True(played.Level.Client.IsLoopback, "no server");
            Equal(1, played.Script.Heard);
            Same(played.Level.Painter.Painted, 1L);
            Equal(0, PlayerPrefs.Kept.Count);
            Equal("loopback", played.Level.Client.RoomToken);
        }

        public static void The_rooms_token_is_the_one_of_this_room()
        {
            var level = InRoom();
            Equal("T", level.Client.RoomToken);
            True(!level.Client.IsLoopback, "a server");
            var other = new SavedRoom { server = "ws://other.example/ws-unity", room_id = "O", room_token = "OTHER" };
            new PlayerPrefsStore("streamario").Save(other); // by another game
            Equal("T", level.Client.RoomToken);
            Playing.Stop();
            new PlayerPrefsStore("streamario").Save(other);
            var next = new Level();
            next.Load();
            Equal("", next.Client.RoomToken);
        }

        public static void The_api_is_where_the_server_says_unless_it_was_set_before_the_game_began()
        {
            var level = Enter(new Level(), "https://page.example/?room=R");
            Equal("http://api", Origin(level.Client));
            Equal(level.Client.Api, level.Client.Api);
            Set(level.Client, "apiUrl", "https://other.example");
            Equal("http://api", Origin(level.Client));
            Playing.Stop();
            var unset = new Level();
            unset.Load();
            Equal(null, unset.Client.Api);
            Playing.Stop();
            var early = new Level();
            Set(early.Client, "apiUrl", "https://api.example/path");
            early.Load();
            Equal("https://api.example", Origin(early.Client));
        }

        public static void An_api_that_is_none_of_the_web_is_none()
        {
            foreach (var url in new[] { "", "file:///etc", "api.example", "ftp://api.example" })
            {
                var level = new Level();
                Set(level.Client, "apiUrl", url);
                Playing.Stop();
                level.Load();
                Equal(null, level.Client.Api);
            }
        }

        static object Origin(StreamarioClient client)
        {
            return typeof(NetRoomApi).GetField("_origin", Private).GetValue(client.Api);
        }

        public static void The_hud_draws_the_code_and_the_buttons()
        {
            var played = new Played();
            Equal(6, played.Hud.Buttons.Count);
            Equal("NO SERVER", played.Hud.Code);
            var drawn = Draw(played.Hud);
            Same(drawn.Skip(1), "NO SERVER", "Skill 1  0 / 5", "Skill 2  0 / 8", "Skill 3  0 / 8", "Enemy 1  0 / 5",
                "Enemy 2  0 / 10", "Enemy 3  0 / 17");
            var side = int.Parse(drawn[0].Replace("texture ", ""));
            Equal(0, side % played.Hud.QrCode.width);
            played.Hud.Visible = false;
            Equal(0, Draw(played.Hud).Length);
        }

        public static void A_qr_texture_is_the_code_upwards_in_a_light_frame()
        {
            var code = QrCode.Of("http://localhost:8888/play/R");
            var texture = QrTexture.Of("http://localhost:8888/play/R");
            var side = code.Size + 8;
            Equal(side, texture.width);
            for (var y = 0; y < side; y++)
            {
                for (var x = 0; x < side; x++)
                {
                    var inside = x >= 4 && y >= 4 && x < side - 4 && y < side - 4;
                    var dark = inside && code.IsDark(x - 4, y - 4);
                    Equal(dark ? 0 : 255, (int)texture.Pixels[(side - 1 - y) * side + x].r);
                }
            }
        }

        public static void Toasts_tell_what_was_fired_by_its_caption_and_go()
        {
            var played = new Played();
            played.Fire("skill1");
            played.Fire("skill1");
            played.Toasts.Show("Round 1");
            Frames(1);
            Same(Draw(played.Toasts), "Skill 1 ×2", "Round 1");
            Frames(250);
            Equal(0, Draw(played.Toasts).Length);
        }

        public static void A_long_name_in_a_toast_fits_into_its_line()
        {
            var played = new Played();
            var name = new string('W', 40);
            played.Toasts.Show(name + ": Skill 1");
            played.Toasts.Show("Round 1");
            Frames(1);
            GUI.Cut.Clear();
            Same(Draw(played.Toasts), name + ": Skill 1", "Round 1");
            Equal(0, GUI.Cut.Count);
        }

        public static void Tags_in_a_viewers_name_are_shown_and_not_obeyed()
        {
            var played = new Played();
            played.Toasts.Show("<size=99>V</size>: Skill 1");
            Frames(1);
            GUI.Formatted.Clear();
            Same(Draw(played.Toasts), "<size=99>V</size>: Skill 1");
            Draw(played.Hud);
            Equal(0, GUI.Formatted.Count);
        }

        public static void In_a_browser_the_hud_asks_until_the_server_answers_and_says_what_is_wrong()
        {
            var answers = new List<ApiAnswer>();
            var api = new WebGLRoomApi("http://api.example");
            api.Send("/healthz", null, "", answers.Add);
            Equal("0 Insecure connection not allowed", answers[0].Status + " " + answers[0].Text);
            UnityWebRequest.AllowsHttp = true;
            api.Send("/healthz", null, "", answers.Add);
            api.Send("/healthz", "{}", "T", answers.Add);
            Equal(1, answers.Count);
            Equal("32 0", string.Join(" ", UnityWebRequest.Sent.Select(request => request.redirectLimit)));
            UnityWebRequest.Sent[0].Finish(0, "Cannot connect to destination host");
            UnityWebRequest.Sent[1].Finish(200, "yes");
            Equal("0 Cannot connect to destination host", answers[1].Status + " " + answers[1].Text);
            Equal("200 yes", answers[2].Status + " " + answers[2].Text);
            True(UnityWebRequest.Sent.All(request => request.IsDisposed), "their memory is free");
            UnityWebRequest.AllowsHttp = false;
        }

        public static void The_hud_says_why_its_buttons_stand_still_and_logs_it_once()
        {
            var played = new Played();
            var api = new WebGLRoomApi("http://api.example");
            typeof(StreamarioClient).GetField("_api", Private).SetValue(played.Level.Client, api);
            Debug.Warnings.Clear();
            Frames(500);
            Equal("Insecure connection not allowed", played.Hud.Problem);
            Equal("Insecure connection not allowed", Draw(played.Hud).Last());
            Equal(1, Debug.Warnings.Count(line => line.EndsWith("Insecure connection not allowed")));
            UnityWebRequest.AllowsHttp = true;
            UnityWebRequest.Sent.Clear();
            for (var i = 0; i < 1000 && UnityWebRequest.Sent.Count == 0; i++) Frames(1);
            UnityWebRequest.AllowsHttp = false;
            var room = new RoomInfo { code = "K7PQ4M", settings = new RoomLook { buttons = new ButtonLook[0] } };
            UnityWebRequest.Sent.Single().Finish(200, new UnityJson().Write(room));
            Frames(1);
            Equal("", played.Hud.Problem);
            Equal("K7PQ4M", Draw(played.Hud).Last());
        }

        public static void After_a_recompile_the_hud_and_the_toasts_go_on()
        {
            var played = new Played();
            played.Fire("skill1");
            var before = Draw(played.Hud);
            Playing.Recompile();
            Frames(4);
            played.Level.Client.StartRound();
            Frames(60);
            Same(Draw(played.Hud), before);
            played.Fire("enemy1");
            Same(Draw(played.Toasts), "Enemy 1");
        }

        public static void Nothing_is_drawn_under_a_notch_or_a_bar()
        {
            var played = new Played();
            played.Toasts.Show("Round 1");
            Frames(1);
            // A bar of 40 at the bottom, a notch of 100 at the top, corners of 60 and 80.
            Screen.safeArea = new Rect(60, 40, 1780, 940);
            Draw(played.Hud);
            var first = GUI.Places[0];
            Equal(100f + 24, first.y);
            Equal(1840f - 24, first.x + first.width);
            Draw(played.Toasts);
            var last = GUI.Places[0];
            Equal(60f + 24, last.x);
            Equal(1080f - 40 - 24, last.y + last.height);
            Screen.safeArea = new Rect(0, 0, 0, 0); // not known yet
            Draw(played.Toasts);
            Equal(24f, GUI.Places[0].x);
            Equal(1080f - 24, GUI.Places[0].y + GUI.Places[0].height);
            Screen.safeArea = new Rect(0, 0, 1920, 1080);
        }

        static string[] Draw(MonoBehaviour component)
        {
            GUI.Drawn.Clear();
            GUI.Places.Clear();
            UnityEngine.Event.current = new Event { type = EventType.Repaint };
            component.GetType().GetMethod("OnGUI", Private).Invoke(component, null);
            UnityEngine.Event.current = null;
            return GUI.Drawn.ToArray();
        }
    }
}
