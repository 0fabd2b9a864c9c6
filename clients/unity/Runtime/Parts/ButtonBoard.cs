using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>A button as a game shows it.</summary>
    public sealed class ButtonProgress
    {
        /// <summary>The name that its triggers carry.</summary>
        public string EventType { get; internal set; }

        /// <summary>The caption in the board's language, or the first there is.</summary>
        public string Label { get; internal set; }

        /// <summary>As #rrggbb, or "".</summary>
        public string Color { get; internal set; }

        public int Presses { get; internal set; }

        /// <summary>The presses that a trigger needs now.</summary>
        public int Needed { get; internal set; }

        /// <summary>From 0 to 1.</summary>
        public double Share { get; internal set; }

        /// <summary>Whether presses count: it is enabled, and the game can use it.</summary>
        public bool IsUsable { get; internal set; }
    }

    /// <summary>The room's buttons and code, asked for once a second. REST alone is enough for a HUD: an
    /// answer is whole, so nothing has to be resumed.</summary>
    sealed class ButtonBoard
    {
        const double StatsEvery = 1; // s
        const double SettingsEvery = 15; // s

        readonly IRoomApi _api;
        readonly IJson _json;
        readonly Backoff _backoff;
        readonly List<ButtonProgress> _buttons = new List<ButtonProgress>();

        string _room = "";
        double _statsAt;
        double _settingsAt;
        bool _isAsking;
        bool _hasFailed;
        double _now;

        /// <param name="random">Returns numbers from 0 to 1, for the jitter after a failure.</param>
        public ButtonBoard(IRoomApi api, IJson json, Func<double> random)
        {
            _api = api;
            _json = json;
            _backoff = new Backoff(random);
        }

        /// <summary>"en", "ja": the captions' language.</summary>
        public string Language { get; set; } = "en";

        public IReadOnlyList<ButtonProgress> Buttons => _buttons;

        /// <summary>The room's code, which people can type; "" if there is none.</summary>
        public string Code { get; private set; } = "";

        public string Title { get; private set; } = "";

        /// <summary>Why requests fail; "" if the last one did not, or is the first that did.</summary>
        public string Problem { get; private set; } = "";

        /// <summary>The caption of a button; its name while that is not known.</summary>
        public string LabelOf(string eventType)
        {
            var button = Find(eventType);
            return button == null ? eventType : button.Label;
        }

        /// <summary>Asks when it is time. Call it each frame; "" if there is no room.</summary>
        public void Tick(double now, string room)
        {
            _now = now;
            if (room != _room) Begin(room);
            if (_room == "" || _isAsking) return;
            if (now >= _settingsAt) Ask("", TakeInfo);
            else if (now >= _statsAt) Ask("/stats", TakeStats);
        }

        void Begin(string room)
        {
            _room = room;
            _buttons.Clear();
            Code = Title = "";
            _statsAt = _settingsAt = _now;
            _isAsking = false;
            Succeed();
        }

        void Ask(string what, Action<string> take)
        {
            _isAsking = true;
            var room = _room;
            _api.Send("/api/rooms/" + Uri.EscapeDataString(room) + what, null, "", answer =>
            {
                if (room != _room) return; // of the room before
                _isAsking = false;
                if (!answer.IsOk) Fail(Why(answer));
                else if (TryTake(answer.Text, take)) Succeed();
                else Fail("no answer of Streamario");
            });
        }

        void Succeed()
        {
            _backoff.Reset();
            _hasFailed = false;
            Problem = "";
        }

        // A single failure, as while a server restarts, is nothing that a stream should show.
        void Fail(string why)
        {
            Problem = _hasFailed ? why : "";
            _hasFailed = true;
            _statsAt = _settingsAt = _now + _backoff.Next(StatsEvery);
        }

        static string Why(ApiAnswer answer)
        {
            if (answer.Status != 0) return "HTTP " + answer.Status;
            return answer.Text == "" ? "no answer" : answer.Text;
        }

        // What answers may be another server, or a login page in between.
        static bool TryTake(string text, Action<string> take)
        {
            try
            {
                take(text);
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }

        void TakeInfo(string text)
        {
            var info = _json.Parse<RoomInfo>(text);
            _settingsAt = _now + SettingsEvery;
            _statsAt = _now;
            Code = info.code ?? "";
            Title = info.settings.title ?? "";
            var old = _buttons.ToArray();
            _buttons.Clear();
            foreach (var look in info.settings.buttons)
                if (look.enabled) _buttons.Add(Shown(look, old));
        }

        ButtonProgress Shown(ButtonLook look, ButtonProgress[] old)
        {
            var button = Array.Find(old, each => each.EventType == look.event_type)
                ?? new ButtonProgress { EventType = look.event_type, IsUsable = true };
            button.Label = Caption(look);
            button.Color = look.color ?? "";
            return button;
        }

        string Caption(ButtonLook look)
        {
            if (look.labels == null || look.labels.Length == 0) return look.event_type;
            var own = Array.Find(look.labels, label => label.lang == Language);
            return (own ?? look.labels[0]).text;
        }

        void TakeStats(string text)
        {
            _statsAt = _now + StatsEvery;
            foreach (var stat in _json.Parse<RoomStats>(text).stats)
            {
                var button = Find(stat.event_type);
                if (button != null) Show(button, stat);
                else if (stat.enabled) _settingsAt = _now; // the buttons have changed
            }
        }

        static void Show(ButtonProgress button, ButtonStat stat)
        {
            button.Presses = stat.current_count;
            button.Needed = stat.required_count;
            button.Share = Math.Max(0, Math.Min(1, stat.progress));
            button.IsUsable = stat.enabled && stat.available;
        }

        ButtonProgress Find(string eventType)
        {
            return _buttons.Find(button => button.EventType == eventType);
        }
    }
}
