using System;

// The parts of REST bodies that the package reads and writes; see docs/protocol.md.
namespace Streamario
{
    [Serializable, Preserve]
    sealed class RoomInfo
    {
        public string id;
        public string status;
        public int round;
        public string code;
        public RoomLook settings;
    }

    [Serializable, Preserve]
    sealed class RoomLook
    {
        public string title;
        public ButtonLook[] buttons;
    }

    [Serializable, Preserve]
    sealed class ButtonLook
    {
        public string event_type;
        public string team;
        public LabelText[] labels;
        public string color;
        public bool enabled = true;
        public int @base = 10;
        public int min = 1;
        public int max = 100000;
    }

    [Serializable, Preserve]
    sealed class LabelText
    {
        public string lang;
        public string text;
    }

    [Serializable, Preserve]
    sealed class RoomStats
    {
        public string room_id;
        public int viewer_count;
        public ButtonStat[] stats;
    }

    [Serializable, Preserve]
    sealed class ButtonStat
    {
        public string event_type;
        public int current_count;
        public int required_count;
        public double progress;
        public bool enabled;
        public bool available;
        public string reason;
    }

    [Serializable, Preserve]
    sealed class FireBody
    {
        public string event_type;
    }

    [Serializable, Preserve]
    sealed class ViewerBody
    {
        public string viewer_id;
    }

    [Serializable, Preserve]
    sealed class NoBody
    {
    }

    [Serializable, Preserve]
    sealed class PressBatch
    {
        public string viewer_id;
        public string viewer_name;
        public string batch_id;
        public int batch_no;
        public PressCount[] push_events;
    }

    [Serializable, Preserve]
    sealed class PressCount
    {
        public string button_name;
        public int push_count;
    }

    [Serializable, Preserve]
    sealed class PressAnswer
    {
        public bool game_over;
        public int accepted;
        public int rejected;
    }

    /// <summary>Why a request was refused (RFC 9457).</summary>
    [Serializable, Preserve]
    sealed class Refusal
    {
        public string code;
        public string detail;
    }
}
