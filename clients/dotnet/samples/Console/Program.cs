using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Streamario;

/// <summary>A game of one button and one round: Program [SERVER] [FILE].</summary>
static class Program
{
    const int Frame = 16; // ms

    static readonly Stopwatch Clock = Stopwatch.StartNew();

    static void Main(string[] arguments)
    {
        var options = new ClientOptions();
        if (arguments.Length > 0) options.Server = arguments[0];
        var store = arguments.Length > 1 ? new FileStore(arguments[1]) : FileStore.OfGame("streamario-console");
        var game = new GameClient(
            options, () => new NativeSocket(), new PlainJson(), store, new Random().NextDouble);
        game.Trigger += trigger => Console.WriteLine(trigger.event_type + " by " + trigger.viewer_name);
        game.Error += problem => Console.Error.WriteLine(problem);
        game.ConnectionChanged += (state, why) => Console.Error.WriteLine(state + " " + why);

        var starting = Start(game);
        var enter = Task.Run(() => Console.ReadLine());
        TickUntil(game, () => starting.IsFaulted || enter.IsCompleted && starting.IsCompleted);
        if (!starting.IsFaulted) TickUntil(game, Ended(game));
        game.Close();
        game.FinishClosing();
        if (starting.IsFaulted) Console.Error.WriteLine(starting.Exception.InnerException.Message);
    }

    static async Task Start(GameClient game)
    {
        var room = await game.OpenAsync();
        Console.WriteLine("Viewers press at " + room.WebUrl);
        game.ChangeSettings(new RoomSettings
        {
            Title = "A console",
            Buttons = new List<ButtonSettings>
            {
                new ButtonSettings("cheer", 3) { Icon = "🎉" }.Label("en", "Cheer").Label("ja", "応援"),
            },
        });
        await game.StartRoundAsync();
        Console.WriteLine("Round " + game.Round + " runs. Enter ends it.");
    }

    static async Task End(GameClient game)
    {
        var summary = await game.EndRoundAsync();
        if (summary == null) Console.WriteLine("The round has no summary.");
        else foreach (var total in summary.event_totals) Console.WriteLine(total.event_type + ": " + total.count);
    }

    static Func<bool> Ended(GameClient game)
    {
        var ending = End(game);
        return () => ending.IsCompleted;
    }

    // A game with a main loop calls Tick there. What follows an await runs in Tick, too.
    static void TickUntil(GameClient game, Func<bool> isOver)
    {
        while (!isOver())
        {
            game.Tick(Clock.Elapsed.TotalSeconds);
            Thread.Sleep(Frame);
        }
    }
}
