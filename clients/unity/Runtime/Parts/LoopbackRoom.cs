using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The rules of a room, for one game without a server: rounds, thresholds, triggers, and who
    /// pressed. It has no pace, no cooldown and no limits.</summary>
    sealed class LoopbackRoom
    {
        public const string Id = "LOOPBACK";
        const double Active = 30; // s after a press or a join

        // As the server's defaults: at most so many viewers, and the factor then.
        static readonly double[,] Factors =
        {
            { 5, 1 }, { 10, 1.2 }, { 20, 1.5 }, { 50, 2 }, { 100, 3 }, { 150, 4 }, { 200, 5 }, { 300, 6 },
            { double.MaxValue, 7 },
        };

        readonly Dictionary<string, double> _activeUntil = new Dictionary<string, double>();
        readonly List<LoopbackButton> _buttons = new List<LoopbackButton>();

        public LoopbackRoom()
        {
            Use(Defaults());
        }

        /// <summary>A button has fired.</summary>
        public event Action<ViewerTrigger> Fired;

        public string Title { get; private set; } = "Loopback";

        public string Status { get; private set; } = "active";

        public int Round { get; private set; }

        public bool IsPaused { get; private set; }

        public bool InRound => Status == "in_game";

        public IReadOnlyList<LoopbackButton> Buttons => _buttons;

        public void Use(RoomLook settings)
        {
            if (!string.IsNullOrEmpty(settings.title)) Title = settings.title;
            if (settings.buttons == null || settings.buttons.Length == 0) return;
            var old = _buttons.ToArray();
            _buttons.Clear();
            foreach (var look in settings.buttons)
            {
                var button = Array.Find(old, Is(look.event_type)) ?? new LoopbackButton();
                button.Look = look;
                _buttons.Add(button);
            }
        }

        public LoopbackButton Find(string eventType)
        {
            return _buttons.Find(Is(eventType));
        }

        /// <summary>Starts the next round; false if one is running.</summary>
        public bool Start()
        {
            if (InRound) return false;
            Round++;
            Status = "in_game";
            IsPaused = false;
            foreach (var button in _buttons) button.Begin();
            return true;
        }

        /// <summary>Ends the round; null if none is running.</summary>
        public GameEndSummary End()
        {
            if (!InRound) return null;
            Status = "ended";
            IsPaused = false;
            return LoopbackSummary.Of(Round, _buttons);
        }

        /// <summary>Returns false if no round is running.</summary>
        public bool Pause(bool paused, bool discard = false)
        {
            if (!InRound) return false;
            IsPaused = paused;
            if (discard)
                foreach (var button in _buttons) button.Count = 0;
            return true;
        }

        public void Join(string viewer, double now)
        {
            _activeUntil[viewer] = now + Active;
        }

        public int Viewers(double now)
        {
            var active = 0;
            foreach (var until in _activeUntil.Values)
                if (until > now) active++;
            return active;
        }

        public int Needed(LoopbackButton button, double now)
        {
            var viewers = Viewers(now);
            var row = 0;
            while (viewers > Factors[row, 0]) row++;
            var needed = (int)Math.Ceiling(button.Look.@base * Factors[row, 1] - 1e-9);
            return Math.Min(button.Look.max, Math.Max(button.Look.min, needed));
        }

        /// <summary>Counts presses of a viewer, and fires; returns how many counted.</summary>
        public int Press(string viewer, string name, string eventType, int presses, double now)
        {
            Join(viewer, now);
            var button = Find(eventType);
            if (button == null || !InRound || !button.TakesPresses) return 0;
            var needed = Needed(button, now);
            if (IsPaused) presses = Math.Min(presses, Math.Max(0, needed - button.Count));
            button.Take(viewer, name, presses);
            while (!IsPaused && button.Count >= needed) Fire(button, needed, name, now);
            return presses;
        }

        /// <summary>The streamer's press: fires a button of the room at once. Returns the error's code, or
        /// "".</summary>
        public string FireNow(string eventType, double now)
        {
            var button = Find(eventType);
            if (!InRound) return "game_not_started";
            if (IsPaused) return "paused";
            if (!button.Look.enabled) return "disabled";
            if (!button.IsAvailable) return "unavailable";
            button.Count++;
            button.Accepted++;
            Fire(button, button.Count, null, now, byStreamer: true);
            return "";
        }

        void Fire(LoopbackButton button, int presses, string name, double now, bool byStreamer = false)
        {
            button.Count -= presses;
            Fired(new ViewerTrigger
            {
                room_id = Id,
                event_type = button.Look.event_type,
                trigger_count = presses,
                viewer_count = Viewers(now),
                viewer_name = name,
                people = button.TakePeople(),
                by_streamer = byStreamer,
            });
        }

        static Predicate<LoopbackButton> Is(string eventType)
        {
            return button => button.Look.event_type == eventType;
        }

        static RoomLook Defaults()
        {
            return new RoomLook
            {
                buttons = new[]
                {
                    Look("skill1", "スキル1", "Skill 1", "#4b93ff", 5, 3, 50),
                    Look("skill2", "スキル2", "Skill 2", "#1fc4b4", 8, 4, 60),
                    Look("skill3", "スキル3", "Skill 3", "#86cc36", 8, 8, 100),
                    Look("enemy1", "敵1", "Enemy 1", "#ff77b2", 5, 4, 45),
                    Look("enemy2", "敵2", "Enemy 2", "#ffb01f", 10, 5, 55),
                    Look("enemy3", "敵3", "Enemy 3", "#ff6450", 17, 6, 80),
                },
            };
        }

        static ButtonLook Look(string type, string ja, string en, string color, int presses, int min, int max)
        {
            return new ButtonLook
            {
                event_type = type,
                team = type.StartsWith("skill", StringComparison.Ordinal) ? "skill" : "enemy",
                labels = new[]
                {
                    new LabelText { lang = "ja", text = ja },
                    new LabelText { lang = "en", text = en },
                },
                color = color,
                @base = presses,
                min = min,
                max = max,
            };
        }
    }

    /// <summary>A button of a room without a server, and its presses in the round.</summary>
    sealed class LoopbackButton
    {
        readonly HashSet<string> _people = new HashSet<string>();

        public ButtonLook Look;
        public int Count;

        /// <summary>The presses of this round, also the streamer's, who is no viewer.</summary>
        public int Accepted;

        public bool IsAvailable = true;
        public string Reason = "";

        /// <summary>The presses of each viewer in this round.</summary>
        public readonly Dictionary<string, Top> Pressers = new Dictionary<string, Top>();

        public bool TakesPresses => Look.enabled && IsAvailable;

        public void Begin()
        {
            Count = Accepted = 0;
            IsAvailable = true;
            Reason = "";
            Pressers.Clear();
            _people.Clear();
        }

        public void Take(string viewer, string name, int presses)
        {
            Count += presses;
            Accepted += presses;
            if (presses == 0) return;
            _people.Add(viewer);
            Top presser;
            if (!Pressers.TryGetValue(viewer, out presser))
                Pressers[viewer] = presser = new Top { viewer_id = viewer };
            presser.viewer_name = name;
            presser.count += presses;
        }

        public int TakePeople()
        {
            var people = _people.Count;
            _people.Clear();
            return people;
        }
    }
}
