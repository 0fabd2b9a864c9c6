using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>Simulated viewers who come to a room and press its buttons for a while, as pages
    /// do.</summary>
    sealed class Crowd
    {
        public const int Most = 200;
        const double Wait = 1; // s between two batches of a viewer, and before a retry
        const int MostPresses = 4; // of one button in a batch

        static readonly string[] Names = { "Aoi", "Mika", "Ren", "Yuki", "Sora", "Haru", "Nao", "Rin" };

        readonly IRoomApi _api;
        readonly IJson _json;
        readonly Func<double> _random;
        readonly string _path;
        readonly double _seconds;
        readonly List<Guest> _guests = new List<Guest>();

        string[] _buttons;
        bool _isAsking;
        double _askAt;
        double _until = double.NaN;
        double _now;

        /// <param name="viewers">1 to Most.</param>
        /// <param name="seconds">How long they press, from the first press on.</param>
        /// <param name="random">Returns numbers from 0 to 1.</param>
        public Crowd(IRoomApi api, IJson json, string room, int viewers, double seconds, Func<double> random)
        {
            _api = api;
            _json = json;
            _random = random;
            _path = "/api/rooms/" + Uri.EscapeDataString(room);
            _seconds = seconds;
            for (var i = 0; i < Math.Min(Most, Math.Max(1, viewers)); i++) _guests.Add(new Guest(NameOf(i)));
        }

        static string NameOf(int guest)
        {
            var name = Names[guest % Names.Length];
            return guest < Names.Length ? name : name + " " + (guest / Names.Length + 1);
        }

        /// <summary>Whether the time is over, the round has ended or the room is gone.</summary>
        public bool IsOver { get; private set; }

        /// <summary>How many viewers have come.</summary>
        public int Came { get; private set; }

        public int Pressed { get; private set; }

        public int Accepted { get; private set; }

        /// <summary>The code of the last answer if it was a refusal, else "". Viewers try again.</summary>
        public string Problem { get; private set; } = "";

        public void Stop()
        {
            IsOver = true;
        }

        public override string ToString()
        {
            var counted = Came + " viewers have come. " + Accepted + " of " + Pressed + " presses counted.";
            return Problem == "" ? counted : counted + " Refused: " + Problem + ".";
        }

        /// <summary>Sends what is due. Call it each frame; <c>now</c> is s on a monotonic clock.</summary>
        public void Tick(double now)
        {
            _now = now;
            if (now >= _until) Stop();
            if (IsOver) return;
            if (_buttons == null) AskForButtons();
            else
                foreach (var guest in _guests)
                    if (!guest.IsAsking && now >= guest.Due) Next(guest);
        }

        void AskForButtons()
        {
            if (_isAsking || _now < _askAt) return;
            _isAsking = true;
            _api.Send(_path, null, "", answer =>
            {
                _isAsking = false;
                _askAt = _now + Wait;
                if (answer.IsOk) Gather(_json.Parse<RoomInfo>(answer.Text));
                else Fail(answer);
            });
        }

        // They come within a wait, not all at once.
        void Gather(RoomInfo room)
        {
            var buttons = new List<string>();
            foreach (var button in room.settings.buttons)
                if (button.enabled) buttons.Add(button.event_type);
            _buttons = buttons.ToArray();
            foreach (var guest in _guests) guest.Due = _now + _random() * Wait;
        }

        void Next(Guest guest)
        {
            var viewer = new ViewerBody { viewer_id = guest.Id };
            if (guest.Id == "") Send(guest, "/api/viewers", new NoBody(), text => Meet(guest, text));
            else if (!guest.HasJoined) Send(guest, _path + "/join", viewer, text => Join(guest));
            else Press(guest);
        }

        void Meet(Guest guest, string text)
        {
            guest.Id = _json.Parse<ViewerBody>(text).viewer_id;
            guest.Due = _now;
        }

        void Join(Guest guest)
        {
            guest.HasJoined = true;
            Came++;
            guest.Due = _now + _random() * Wait;
        }

        // An unanswered batch is sent again with its number: it counts once.
        void Press(Guest guest)
        {
            if (guest.Batch == null) guest.Batch = NewBatch(guest);
            Send(guest, _path + "/events", guest.Batch, text => Count(guest, _json.Parse<PressAnswer>(text)));
        }

        PressBatch NewBatch(Guest guest)
        {
            guest.Batches++;
            var presses = Index(MostPresses) + 1;
            Pressed += presses;
            return new PressBatch
            {
                viewer_id = guest.Id,
                viewer_name = guest.Name,
                batch_id = guest.Sender + "#" + guest.Batches,
                batch_no = guest.Batches,
                push_events = new[]
                {
                    new PressCount { button_name = _buttons[Index(_buttons.Length)], push_count = presses },
                },
            };
        }

        void Count(Guest guest, PressAnswer answer)
        {
            guest.Batch = null;
            Accepted += answer.accepted;
            if (double.IsNaN(_until)) _until = _now + _seconds;
            if (answer.game_over) Stop();
        }

        void Send<T>(Guest guest, string path, T body, Action<string> take)
        {
            guest.IsAsking = true;
            guest.Due = _now + Wait * (0.5 + _random());
            _api.Send(path, _json.Write(body), "", answer =>
            {
                guest.IsAsking = false;
                if (answer.IsOk) Problem = "";
                if (answer.IsOk) take(answer.Text);
                else Fail(answer, guest);
            });
        }

        void Fail(ApiAnswer answer, Guest guest = null)
        {
            Problem = answer.Refusal(_json).code;
            if (answer.Status == 404) Stop();
            // The buttons have changed.
            if (answer.Status != 400 || guest == null) return;
            guest.Batch = null;
            _buttons = null;
        }

        int Index(int count)
        {
            return Math.Min(count - 1, (int)(_random() * count));
        }

        sealed class Guest
        {
            public readonly string Name;
            public readonly string Sender = Guid.NewGuid().ToString("N");
            public string Id = "";
            public bool HasJoined;
            public bool IsAsking;
            public double Due;
            public int Batches;
            public PressBatch Batch;

            public Guest(string name)
            {
                Name = name;
            }
        }
    }
}
