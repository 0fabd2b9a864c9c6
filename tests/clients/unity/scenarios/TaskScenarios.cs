using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class TaskScenarios
    {
        public static void A_new_room_is_awaited_over_as_many_attempts_as_it_takes()
        {
            var stage = new Stage();
            var opening = stage.Client.OpenAsync();
            stage.Step();
            stage.Socket.BringRefusal(503);
            stage.Pass(2);
            True(!opening.IsCompleted, "the server was not ready");
            stage.Socket.BringRoom();
            stage.Step();
            Equal("R", opening.Result.Id);
            Equal("http://page", opening.Result.WebUrl);
            True(opening.Result.IsNew && stage.Client.OpenAsync().Result == opening.Result, "it is open already");
        }

        public static void A_room_of_an_earlier_run_is_awaited_and_told_apart_from_a_new_one()
        {
            var stage = new Stage();
            stage.Client.Open();
            var opening = stage.Client.OpenAsync("R", "T");
            stage.Step();
            stage.Socket.BringReady(0, 0);
            stage.Step();
            True(opening.Result.Id == "R" && !opening.Result.IsNew, "it was there before");
        }

        public static void What_follows_an_await_runs_in_Tick_on_its_thread_after_the_handlers()
        {
            var stage = new Stage();
            var thread = 0;
            var handlersCame = false;
            stage.Client.RoomOpened += room => handlersCame = true;
            Follow(stage.Client.OpenAsync(), _ =>
            {
                thread = Thread.CurrentThread.ManagedThreadId;
                True(handlersCame, "the handlers come first");
                stage.Client.StartRound();
            });
            stage.Step();
            stage.Socket.BringRoom();
            Equal(0, thread);
            stage.Step();
            Equal(Thread.CurrentThread.ManagedThreadId, thread);
            Equal(1, stage.Sent("game_start").Count);
        }

        public static void In_an_engine_that_queues_continuations_they_stay_on_its_thread()
        {
            var before = SynchronizationContext.Current;
            var engine = new Engine();
            SynchronizationContext.SetSynchronizationContext(engine);
            try
            {
                var stage = new Stage();
                var threads = new List<int>();
                Follow(stage.Client.OpenAsync(), _ => threads.Add(Thread.CurrentThread.ManagedThreadId));
                stage.Step();
                stage.Socket.BringRoom();
                stage.Step();
                engine.Run();
                Same(threads, Thread.CurrentThread.ManagedThreadId);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
        }

        public static void A_refused_game_is_told_why_by_its_await()
        {
            var stage = new Stage();
            var opening = stage.Client.OpenAsync();
            var starting = stage.Client.StartRoundAsync();
            stage.Step();
            stage.Socket.BringRefusal(403, "invalid_game_key");
            stage.Step();
            var problem = Problem(opening);
            Equal("invalid_game_key", problem.Code);
            Equal(403, problem.Detail.HttpStatus);
            Equal(0, problem.Detail.CloseCode);
            Equal("invalid_game_key", Problem(starting).Code);
        }

        public static void A_room_taken_over_ends_what_is_awaited()
        {
            var stage = Stage.InRoom();
            var starting = stage.Client.StartRoundAsync();
            var ending = stage.Client.EndRoundAsync();
            stage.Socket.BringClose(4001);
            stage.Step();
            Equal("replaced", Problem(starting).Code);
            Equal(4001, Problem(ending).Detail.CloseCode);
        }

        public static void A_handler_that_opens_again_lets_the_await_go_on()
        {
            var stage = new Stage();
            var refusals = 0;
            stage.Client.ConnectionChanged += (state, why) =>
            {
                if (state == ConnectionState.Refused && refusals++ == 0) stage.Client.Open();
            };
            var opening = stage.Client.OpenAsync();
            stage.Step();
            stage.Socket.BringRefusal(403, "forbidden_origin");
            stage.Step();
            stage.Step();
            True(!opening.IsCompleted, "it is opening again");
            stage.Socket.BringRoom();
            stage.Step();
            True(opening.Result.IsNew, "it has opened");
        }

        public static void An_opening_that_is_cancelled_ends_in_Tick_and_closes()
        {
            var stage = new Stage();
            var cancel = new CancellationTokenSource();
            var opening = stage.Client.OpenAsync(cancel.Token);
            stage.Step();
            cancel.Cancel();
            True(!opening.IsCompleted, "no other thread ends it");
            stage.Step();
            True(opening.IsCanceled, "it was cancelled");
            True(stage.Client.OpenAsync(cancel.Token).IsCanceled, "a cancelled one does not begin");
            stage.Pass(2.1);
            Same(stage.Told, "Connecting", "Closing", "Closed");
        }

        public static void A_token_that_is_cancelled_after_the_opening_closes_nothing()
        {
            var stage = new Stage();
            var cancel = new CancellationTokenSource();
            var opening = stage.Client.OpenAsync(cancel.Token);
            stage.Step();
            stage.Socket.BringRoom();
            stage.Step();
            cancel.Cancel();
            stage.Step();
            Equal(TaskStatus.RanToCompletion, opening.Status);
            Equal(ConnectionState.Connected, stage.Client.State);
        }

        public static void Closing_cancels_what_is_awaited_and_keeps_the_command()
        {
            var stage = new Stage();
            var opening = stage.Client.OpenAsync();
            var starting = stage.Client.StartRoundAsync();
            var ending = stage.Client.EndRoundAsync();
            stage.Client.Close();
            True(opening.IsCanceled && starting.IsCanceled && ending.IsCanceled, "all of it");
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringRoom();
            stage.Step();
            Equal(1, stage.Sent("game_start").Count);
        }

        public static void What_is_dropped_never_ends()
        {
            var stage = new Stage();
            var calls = new List<Task>
            {
                stage.Client.OpenAsync(), stage.Client.StartRoundAsync(), stage.Client.EndRoundAsync(),
            };
            stage.Client.DropAwaited();
            stage.Client.Close();
            stage.Pass(3);
            True(!calls.Exists(call => call.IsCompleted), "none of them");
        }

        public static void A_start_is_awaited_until_the_server_has_confirmed_it()
        {
            var stage = Stage.InRoom();
            var started = 0;
            stage.Client.RoundStarted += round => started = round;
            var starting = stage.Client.StartRoundAsync();
            stage.Step();
            True(!starting.IsCompleted && started == 0, "nobody has said so");
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            Equal(TaskStatus.RanToCompletion, starting.Status);
            Equal(1, started);
            True(stage.Client.StartRoundAsync().Status == TaskStatus.WaitingForActivation, "a running one, too");
        }

        public static void A_start_whose_confirmation_was_lost_is_confirmed_by_the_next_socket()
        {
            var stage = Stage.InRoom();
            var starting = stage.Client.StartRoundAsync();
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            True(!starting.IsCompleted, "not yet");
            stage.Socket.BringReady(0, 0);
            stage.Step();
            Equal(TaskStatus.RanToCompletion, starting.Status);
        }

        public static void A_start_that_was_lost_is_awaited_until_the_one_that_is_sent_again_is_confirmed()
        {
            var stage = Stage.InRoom();
            var starting = stage.Client.StartRoundAsync();
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(0, 0, status: "active", round: 0);
            stage.Step();
            True(!starting.IsCompleted, "it was sent again");
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Step();
            Equal(TaskStatus.RanToCompletion, starting.Status);
        }

        public static void A_start_that_the_server_refuses_is_over_and_the_next_one_opens_a_round()
        {
            var stage = Stage.InRoom();
            var refused = stage.Client.StartRoundAsync();
            stage.Socket.BringError("rate_limited");
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            Equal("rate_limited", Problem(refused).Code);
            True(!stage.Client.InRound && stage.Client.Round == 0, "no round has begun");
            var starting = stage.Client.StartRoundAsync();
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Step();
            True(starting.Status == TaskStatus.RanToCompletion && stage.Client.Round == 1, "it has");
        }

        public static void Other_settings_that_are_too_many_refuse_no_start()
        {
            var stage = Stage.InRoom();
            stage.Client.ChangeSettings(new RoomSettings { Title = "x" });
            var starting = stage.Client.StartRoundAsync();
            stage.Socket.BringError("rate_limited");
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Step();
            Equal(TaskStatus.RanToCompletion, starting.Status);
        }

        public static void An_end_is_awaited_until_its_summary_over_any_time_without_a_connection()
        {
            var stage = Stage.InRoom();
            var ending = stage.Client.EndRoundAsync();
            stage.Socket.BringClose(1006);
            stage.Pass(20);
            True(!ending.IsCompleted, "nobody knows");
            stage.Socket.BringReady(0, 0);
            stage.Pass(6);
            True(!ending.IsCompleted, "the server has not confirmed it");
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Socket.BringSummary(1);
            stage.Step();
            Equal(1, ending.Result.round);
        }

        public static void An_end_whose_summary_is_lost_is_awaited_for_five_seconds_after_it()
        {
            var stage = Stage.InRoom();
            var ending = stage.Client.EndRoundAsync();
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Pass(4.9);
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            stage.Socket.BringReady(1, 0, status: "ended");
            stage.Pass(4.9);
            True(!ending.IsCompleted, "it may still come");
            stage.Pass(0.2);
            Equal(null, ending.Result);
        }

        public static void An_end_of_no_round_is_awaited_until_the_server_says_so()
        {
            var stage = Stage.InRoom();
            var ending = stage.Client.EndRoundAsync();
            stage.Socket.BringError("game_not_started");
            stage.Step();
            Equal(null, ending.Result);
        }

        public static void A_summary_of_an_earlier_round_ends_no_later_one()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringClose(1006);
            stage.Step();
            var ending = stage.Client.EndRoundAsync();
            stage.Pass(1);
            stage.Socket.BringReady(1, 1, round: 2);
            stage.Socket.BringSummary(1, round: 1);
            stage.Step();
            True(!ending.IsCompleted, "that was another");
            stage.Socket.BringSummary(2, round: 2);
            stage.Step();
            Equal(2, ending.Result.round);
        }

        public static void A_round_is_told_once_however_often_the_game_comes_back_to_it()
        {
            var stage = Stage.InRoom();
            var told = "";
            stage.Client.RoundStarted += round => told += round + " ";
            stage.Client.StartRound();
            stage.Socket.Bring("{'type':'pong','t':1}");
            stage.Step();
            foreach (var round in new[] { 1, 2, 2 })
            {
                stage.Socket.BringClose(1006);
                stage.Pass(16);
                stage.Socket.BringReady(0, 0, round: round);
                stage.Step();
            }
            Equal("1 2 ", told);
        }

        /// <summary>Runs what is posted in the main loop, as Unity and Godot do.</summary>
        sealed class Engine : SynchronizationContext
        {
            readonly Queue<Action> _posted = new Queue<Action>();

            public override void Post(SendOrPostCallback call, object state)
            {
                _posted.Enqueue(() => call(state));
            }

            public void Run()
            {
                while (_posted.Count > 0) _posted.Dequeue()();
            }
        }

        static async void Follow<T>(Task<T> task, Action<T> next)
        {
            next(await task);
        }

        static StreamarioException Problem(Task task)
        {
            True(task.IsFaulted, "it is " + task.Status);
            return (StreamarioException)task.Exception.InnerException;
        }
    }
}
