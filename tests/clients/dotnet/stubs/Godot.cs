// The part of Godot's C# API that the sample uses, and what Godot's generators add to it.
using System;

namespace Godot
{
    [AttributeUsage(AttributeTargets.Delegate)]
    public sealed class SignalAttribute : Attribute { }

    [AttributeUsage(AttributeTargets.Property)]
    public sealed class ExportAttribute : Attribute { }

    public class GodotObject
    {
        public static bool IsInstanceValid(GodotObject instance) => true;
        public Error EmitSignal(StringName signal, params Variant[] arguments) => Error.Ok;
    }

    public enum Error { Ok }

    public class Node : GodotObject
    {
        public enum ProcessModeEnum { Inherit, Pausable, WhenPaused, Always, Disabled }

        public class SignalName { }

        public ProcessModeEnum ProcessMode { get; set; }
        public virtual void _Ready() { }
        public virtual void _Process(double delta) { }
        public virtual void _ExitTree() { }
        public T GetNode<T>(NodePath path) where T : class => null;
        public void AddChild(Node node) { }
        public void QueueFree() { }
        public Tween CreateTween() => new Tween();
    }

    public class Label : Node
    {
        public string Text { get; set; }
    }

    public class Tween : GodotObject
    {
        public void TweenProperty(GodotObject target, NodePath property, Variant to, double seconds) { }
        public void TweenCallback(Callable call) { }
    }

    public struct Callable
    {
        public static Callable From(Action action) => default(Callable);
    }

    public struct Vector2
    {
        public Vector2(float x, float y) { }
    }

    public struct Variant
    {
        public static implicit operator Variant(string value) => default(Variant);
        public static implicit operator Variant(int value) => default(Variant);
        public static implicit operator Variant(Vector2 value) => default(Variant);
    }

    public sealed class StringName
    {
        public static implicit operator StringName(string name) => new StringName();
    }

    public sealed class NodePath
    {
        public static implicit operator NodePath(string path) => new NodePath();
    }

    public static class Time
    {
        public static ulong GetTicksUsec() => 0;
    }

    public static class ProjectSettings
    {
        public static string GlobalizePath(string path) => path;
    }

    public static class GD
    {
        public static void Print(string text) { }
        public static void PushWarning(string text) { }
    }
}

// Written by Godot's generators from the delegates marked with Signal.
public partial class StreamarioNode
{
    public event TriggeredEventHandler Triggered { add { } remove { } }
    public event OpenedEventHandler Opened { add { } remove { } }
    public event RoundStartedEventHandler RoundStarted { add { } remove { } }
    public event RoundEndedEventHandler RoundEnded { add { } remove { } }

    public new class SignalName : Godot.Node.SignalName
    {
        public static readonly Godot.StringName Triggered = "Triggered";
        public static readonly Godot.StringName Opened = "Opened";
        public static readonly Godot.StringName RoundStarted = "RoundStarted";
        public static readonly Godot.StringName RoundEnded = "RoundEnded";
    }
}
