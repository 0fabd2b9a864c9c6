using System.Collections.Generic;

namespace Streamario
{
    /// <summary>Settings for ChangeSettings. What is left null stays as it is in the room.</summary>
    /// <remarks>The server checks the values, and names wrong ones as the wire does:
    /// <c>triggers_per_minute</c>, <c>buttons[0].min</c>.</remarks>
    public sealed class RoomSettings
    {
        /// <summary>At most 100 characters.</summary>
        public string Title;

        public bool? ShowNames;

        /// <summary>"fire" (triggers wait for the game) or "hold" (as if paused): what happens while no game
        /// is connected.</summary>
        public string OnDisconnect;

        /// <summary>"game" or "press": what may open the first round.</summary>
        public string Starts;

        /// <summary>The most triggers of all buttons together (0 to 600); 0: no limit.</summary>
        public double? TriggersPerMinute;

        /// <summary>The length of a round (s, at most 36,000); 0: no limit.</summary>
        public int? RoundLimit;

        /// <summary>All buttons, 1 to 24: they replace those that the room has.</summary>
        public List<ButtonSettings> Buttons;

        /// <summary>The JSON object of what is set.</summary>
        public string ToJson()
        {
            return new JsonObject()
                .Add("title", Title)
                .Add("show_names", ShowNames)
                .Add("on_disconnect", OnDisconnect)
                .Add("starts", Starts)
                .Add("triggers_per_minute", TriggersPerMinute)
                .Add("round_limit_s", RoundLimit)
                .Add("buttons", Buttons, button => button.ToJson())
                .ToString();
        }
    }

    /// <summary>One button of a room. What is left null takes the server's default.</summary>
    public sealed class ButtonSettings
    {
        /// <summary>The name that triggers carry: <c>event_type</c>.</summary>
        public string EventType;

        /// <summary>"skill", "enemy" or "".</summary>
        public string Team;

        /// <summary>The captions, one for each language.</summary>
        public List<ButtonLabel> Labels;

        /// <summary>An emoji or a few letters.</summary>
        public string Icon;

        /// <summary>As #rrggbb.</summary>
        public string Color;

        /// <summary>The media id of a picture, shown in place of the icon.</summary>
        public string Image;

        /// <summary>A built-in sound, or a media id.</summary>
        public string Sound;

        public bool? Enabled;

        /// <summary>The presses that fire a trigger with few viewers (1 to 100,000); more viewers need
        /// more.</summary>
        public int? Base;

        /// <summary>The fewest and the most presses that fire a trigger (1 to 100,000).</summary>
        public int? Min, Max;

        /// <summary>The least time (ms) after a trigger until the next press counts.</summary>
        public int? CooldownMs;

        /// <summary>The least time (ms) between two triggers, in place of the room's
        /// TriggersPerMinute.</summary>
        public int? PaceMs;

        /// <summary>The button's share of TriggersPerMinute (0.25 to 4).</summary>
        public double? Weight;

        public ButtonSettings()
        {
        }

        /// <summary>A button that always needs this many presses.</summary>
        public ButtonSettings(string eventType, int presses)
        {
            EventType = eventType;
            Base = Min = Max = presses;
        }

        /// <summary>Adds the caption in a language ("en", "ja").</summary>
        public ButtonSettings Label(string lang, string text)
        {
            Labels = Labels ?? new List<ButtonLabel>();
            Labels.Add(new ButtonLabel(lang, text));
            return this;
        }

        internal string ToJson()
        {
            return new JsonObject()
                .Add("event_type", EventType)
                .Add("team", Team)
                .Add("labels", Labels, label => label.ToJson())
                .Add("icon", Icon)
                .Add("color", Color)
                .Add("image", Image)
                .Add("sound", Sound)
                .Add("enabled", Enabled)
                .Add("base", Base)
                .Add("min", Min)
                .Add("max", Max)
                .Add("cooldown_ms", CooldownMs)
                .Add("pace_ms", PaceMs)
                .Add("weight", Weight)
                .ToString();
        }
    }

    /// <summary>A button's caption in one language (a BCP 47 tag).</summary>
    public sealed class ButtonLabel
    {
        public readonly string Lang;
        public readonly string Text;

        public ButtonLabel(string lang, string text)
        {
            Lang = lang;
            Text = text;
        }

        internal string ToJson()
        {
            return new JsonObject().Add("lang", Lang).Add("text", Text).ToString();
        }
    }
}
