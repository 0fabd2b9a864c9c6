using System.Collections;
using System.Collections.Generic;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;

namespace Streamario.Tests
{
    /// <summary>A game without a server, in Play mode or in a player: what the tests outside Unity cannot see, such
    /// as JsonUtility, code stripping and the order of Unity's calls.</summary>
    public sealed class PlayTests
    {
        const int Frames = 600;

        readonly List<ViewerTrigger> _triggers = new List<ViewerTrigger>();
        StreamarioClient _client;

        [SetUp]
        public void Open()
        {
            _triggers.Clear();
            var thing = new GameObject("Client");
            thing.SetActive(false);
            _client = thing.AddComponent<StreamarioClient>();
            _client.Server = StreamarioClient.Loopback;
            _client.Game.Trigger += _triggers.Add;
            thing.SetActive(true);
        }

        // At once: the next test's client would give way to one that is still there.
        [TearDown]
        public void Close()
        {
            Object.DestroyImmediate(_client.gameObject);
        }

        [UnityTest]
        public IEnumerator A_button_that_fires_reaches_the_game_and_its_round_ends_with_a_summary()
        {
            GameEndSummary summary = null;
            _client.Game.RoundEnded += ended => summary = ended;
            Assert.AreSame(_client, StreamarioClient.Instance);
            yield return Until(() => _client.Game.WebUrl != "");
            _client.StartRound();
            yield return Until(() => _client.Game.Round == 1);
            Fire("skill1");
            yield return Until(() => _triggers.Count == 1);
            Assert.AreEqual("skill1", _triggers[0].event_type);
            _client.EndRound();
            yield return Until(() => summary != null);
            Assert.AreEqual(1, summary.round);
            Assert.IsFalse(summary.HasTopOverall);
        }

        [UnityTest]
        public IEnumerator A_script_awaits_its_room_its_round_and_its_summary()
        {
            var done = new List<string>();
            Play(done);
            yield return Until(() => done.Count == 3);
            Assert.AreEqual("LOOPBACK, round 1, summary of 1", string.Join(", ", done.ToArray()));
        }

        // What a settings message leaves out keeps the defaults of the class that JsonUtility fills.
        [UnityTest]
        public IEnumerator A_button_of_the_games_own_settings_fires()
        {
            yield return Until(() => _client.Game.WebUrl != "");
            _client.StartRound();
            _client.Game.ChangeSettings(new RoomSettings
            {
                Buttons = new List<ButtonSettings> { new ButtonSettings("jump", 2) },
            });
            Fire("jump");
            yield return Until(() => _triggers.Count == 1);
            Assert.AreEqual("jump", _triggers[0].event_type);
        }

        [UnityTest]
        public IEnumerator The_hud_has_a_code_for_the_page_and_the_rooms_buttons()
        {
            var hud = new GameObject("HUD").AddComponent<StreamarioHud>();
            yield return Until(() => hud.QrCode != null && hud.Buttons.Count == 6);
            Assert.AreEqual("skill1", hud.Buttons[0].EventType);
            Object.Destroy(hud.gameObject);
        }

        async void Play(List<string> done)
        {
            var room = await _client.OpenAsync();
            done.Add(room.Id);
            await _client.StartRoundAsync();
            done.Add("round " + _client.Game.Round);
            var summary = await _client.EndRoundAsync();
            done.Add("summary of " + summary.round);
        }

        void Fire(string eventType)
        {
            var body = "{\"event_type\":\"" + eventType + "\"}";
            _client.Api.Send("/api/rooms/" + _client.Game.RoomId + "/fire", body, "", answer => { });
        }

        static IEnumerator Until(System.Func<bool> condition)
        {
            for (var frame = 0; frame < Frames && !condition(); frame++) yield return null;
            Assert.IsTrue(condition());
        }
    }
}
