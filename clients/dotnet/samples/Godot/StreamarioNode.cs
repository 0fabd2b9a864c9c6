using System;
using Godot;
using Streamario;

/// <summary>A room of viewers. Make it an autoload named Streamario, and connect to its signals.</summary>
public partial class StreamarioNode : Node
{
    [Signal]
    public delegate void TriggeredEventHandler(string eventType, string viewerName);

    /// <summary>The room is there: show the viewers' page.</summary>
    [Signal]
    public delegate void OpenedEventHandler(string webUrl);

    [Signal]
    public delegate void RoundStartedEventHandler(int round);

    [Signal]
    public delegate void RoundEndedEventHandler(int round);

    [Export]
    public string Server { get; set; } = "ws://localhost:8890";

    /// <summary>Everything else that a game can do in its room.</summary>
    public GameClient Game { get; private set; }

    public override void _Ready()
    {
        // The tree may pause, the connection may not.
        ProcessMode = ProcessModeEnum.Always;
        var options = new ClientOptions { Server = Server, IsAlive = IsAlive };
        var store = new FileStore(ProjectSettings.GlobalizePath("user://streamario.json"));
        Game = new GameClient(
            options, () => new NativeSocket(), new PlainJson(), store, new Random().NextDouble);
        Game.Trigger += trigger =>
            EmitSignal(SignalName.Triggered, trigger.event_type, trigger.viewer_name ?? "");
        Game.RoomOpened += room => EmitSignal(SignalName.Opened, room.web_url);
        Game.Resumed += room => EmitSignal(SignalName.Opened, room.web_url);
        Game.RoundStarted += round => EmitSignal(SignalName.RoundStarted, round);
        Game.RoundEnded += summary => EmitSignal(SignalName.RoundEnded, summary.round);
        Game.Error += problem => GD.PushWarning(problem.ToString());
        Game.Open();
    }

    public override void _Process(double delta)
    {
        Game.Tick(Time.GetTicksUsec() / 1e6);
    }

    public override void _ExitTree()
    {
        Game.Close();
        Game.FinishClosing();
    }

    // Handlers of freed nodes are removed.
    static bool IsAlive(object target)
    {
        var godot = target as GodotObject;
        return godot == null || IsInstanceValid(godot);
    }
}
