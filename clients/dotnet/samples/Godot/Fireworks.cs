using Godot;

/// <summary>Shows the viewers' page, starts a round, and throws a label for each trigger.</summary>
public partial class Fireworks : Node
{
    public override async void _Ready()
    {
        var streamario = GetNode<StreamarioNode>("/root/Streamario");
        streamario.Opened += webUrl => GD.Print("Viewers press at " + webUrl);
        streamario.Triggered += Throw;
        await streamario.Game.StartRoundAsync();
        GD.Print("Round " + streamario.Game.Round + " runs.");
    }

    void Throw(string eventType, string viewerName)
    {
        var label = new Label { Text = eventType + " " + viewerName };
        AddChild(label);
        var flight = label.CreateTween();
        flight.TweenProperty(label, "position", new Vector2(0, 400), 2);
        flight.TweenCallback(Callable.From(label.QueueFree));
    }
}
