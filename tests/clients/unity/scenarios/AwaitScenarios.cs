using System;
using System.Collections.Generic;
using System.Threading;
using UnityEngine;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>What scripts await of the component: Awaitables in Unity 6, Tasks before.</summary>
    static class AwaitScenarios
    {
        /// <summary>Unity's: what is posted runs in the next frame, also in the editor's own. It logs what throws.</summary>
        sealed class Engine : SynchronizationContext
        {
            readonly Queue<Action> _posted = new Queue<Action>();

            public int Ran { get; private set; }

            public readonly List<string> Logged = new List<string>();

            public override void Post(SendOrPostCallback call, object state)
            {
                _posted.Enqueue(() => call(state));
            }

            public void Frame()
            {
                for (; _posted.Count > 0; Ran++)
                {
                    try
                    {
                        _posted.Dequeue()();
                    }
                    catch (Exception problem)
                    {
                        Logged.Add(problem.GetType().Name);
                    }
                }
            }
        }

        /// <summary>A script that awaits, and notes how it went.</summary>
        sealed class Waiter
        {
            public readonly List<string> Notes = new List<string>();
            readonly StreamarioClient _client;

            public Waiter(StreamarioClient client)
            {
                _client = client;
            }

            public async void Play(CancellationToken cancel = default(CancellationToken))
            {
                try
                {
                    var room = await _client.OpenAsync(cancel);
                    Notes.Add("room " + room.Id);
                    await _client.StartRoundAsync(cancel);
                    Notes.Add("round " + _client.Game.Round);
                    var summary = await _client.EndRoundAsync(cancel);
                    Notes.Add("summary " + summary.round);
                }
                catch (StreamarioException problem)
                {
                    Notes.Add(problem.Code);
                }
                catch (OperationCanceledException)
                {
                    Notes.Add("cancelled");
                }
            }

            public async void Join()
            {
                Notes.Add("room " + (await _client.OpenAsync("R", "T")).Id);
            }

            public async void PlayAndClean()
            {
                try
                {
                    await _client.OpenAsync();
                    Notes.Add("room");
                }
                finally
                {
                    Notes.Add("finally");
                }
            }

            public async void PlayTheGame()
            {
                await _client.Game.OpenAsync();
                Notes.Add("room");
            }
        }

        public static void A_script_awaits_its_room_its_round_and_its_summary()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                var waiter = new Waiter(level.Client);
                waiter.Play();
                Pass(engine);
                Same(waiter.Notes);
                Socket.BringRoom();
                Pass(engine);
                Socket.Bring("{'type':'pong','t':1}");
                Pass(engine);
                Same(waiter.Notes, "room R", "round 1");
                Socket.Bring("{'type':'pong','t':2}");
                Socket.BringSummary(1);
                Pass(engine);
                Same(waiter.Notes, "room R", "round 1", "summary 1");
                var again = new Waiter(level.Client);
                again.Play();
                Pass(engine);
                Same(again.Notes, "room R");
            });
        }

        public static void A_script_awaits_the_room_that_its_backend_opened()
        {
            InUnity(engine =>
            {
                var waiter = new Waiter(Connecting().Client);
                waiter.Join();
                Pass(engine);
                Socket.BringReady(0, 0);
                Pass(engine);
                Same(waiter.Notes, "room R");
            });
        }

        public static void What_follows_comes_after_the_handlers_and_sees_the_room()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                var waiter = new Waiter(level.Client);
                level.Client.Game.RoomOpened += room => waiter.Notes.Add("opened");
                waiter.Play();
                Socket.BringRoom();
                Pass(engine);
                Same(waiter.Notes, "opened", "room R");
            });
        }

        public static void A_refusal_is_thrown_where_it_is_awaited()
        {
            InUnity(engine =>
            {
                var waiter = new Waiter(Connecting().Client);
                waiter.Play();
                Socket.BringRefusal(403, "invalid_game_key");
                Pass(engine);
                Same(waiter.Notes, "invalid_game_key");
            });
        }

        public static void A_scripts_token_ends_its_own_wait_alone()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                var leaving = new CancellationTokenSource();
                var left = new Waiter(level.Client);
                var stayed = new Waiter(level.Client);
                left.Play(leaving.Token);
                stayed.Play();
                leaving.Cancel();
                Same(left.Notes);
                Pass(engine);
                Same(left.Notes, "cancelled");
                Socket.BringRoom();
                Pass(engine);
                Same(left.Notes, "cancelled");
                Same(stayed.Notes, "room R");
            });
        }

        public static void With_a_token_that_is_cancelled_before_nothing_begins()
        {
            InUnity(engine =>
            {
                var level = new Level();
                Set(level.Client, "openOnStart", false);
                Begin(level);
                var waiter = new Waiter(level.Client);
                waiter.Play(new CancellationToken(true));
                Same(waiter.Notes, "cancelled");
                Pass(engine);
                Equal(0, Sockets.Count);
                level.Client.StartRoundAsync(new CancellationToken(true));
                Equal(false, level.Client.Game.InRound);
            });
        }

        public static void Closing_cancels_what_is_awaited()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                var waiter = new Waiter(level.Client);
                waiter.Play();
                level.Client.Game.Close();
                Pass(engine);
                Same(waiter.Notes, "cancelled");
            });
        }

        public static void A_client_that_is_destroyed_with_its_scene_cancels_what_is_awaited()
        {
            InUnity(engine =>
            {
                var level = new Level();
                Set(level.Client, "keepAcrossScenes", false);
                Begin(level);
                var waiter = new Waiter(level.Client);
                waiter.PlayAndClean();
                Playing.Load();
                engine.Frame();
                Same(waiter.Notes, "finally");
            });
        }

        public static void What_a_client_that_gave_way_is_asked_for_comes_from_the_one_that_was_kept()
        {
            InUnity(engine =>
            {
                Connecting();
                var second = new Level();
                var waiter = new Waiter(second.Client);
                second.Load();
                waiter.Play();
                Pass(engine);
                True(second.Client == null, "it is gone");
                Socket.BringRoom();
                Pass(engine);
                Same(waiter.Notes, "room R");
            });
        }

        public static void When_Play_stops_nothing_follows_and_nothing_is_logged()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                var waiter = new Waiter(level.Client);
                waiter.PlayAndClean();
                waiter.PlayTheGame();
                Playing.Stop();
                var ran = engine.Ran;
                engine.Frame();
                Equal(ran, engine.Ran);
                Same(waiter.Notes);
                Same(engine.Logged);
            });
        }

        public static void A_wait_that_begins_while_the_game_quits_ends_nowhere()
        {
            InUnity(engine =>
            {
                var level = Connecting();
                Call(level.Client, "OnApplicationQuit");
                var waiter = new Waiter(level.Client);
                waiter.PlayTheGame();
                waiter.PlayAndClean();
                Call(level.Client, "OnDestroy");
                engine.Frame();
                Same(waiter.Notes);
            });
        }

        static void InUnity(Action<Engine> scenario)
        {
            var before = SynchronizationContext.Current;
            var engine = new Engine();
            SynchronizationContext.SetSynchronizationContext(engine);
            try
            {
                scenario(engine);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
        }

        static Level Connecting()
        {
            return Begin(new Level());
        }

        static Level Begin(Level level)
        {
            InRoom(); // for its JSON and its sockets
            Playing.Stop();
            Sockets.Clear();
            PlayerPrefs.Kept.Clear();
            level.Load();
            Playing.Frame();
            return level;
        }

        static void Pass(Engine engine)
        {
            for (var i = 0; i < 3; i++)
            {
                Playing.Frame();
                engine.Frame();
            }
        }

        static void Call(StreamarioClient client, string message)
        {
            typeof(StreamarioClient)
                .GetMethod(message, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
                .Invoke(client, null);
        }
    }
}
