using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The game's room: its token, the progress in it, and the saved copy of both.</summary>
    sealed class Room
    {
        const double SaveEvery = 1;

        readonly IStore _store;
        readonly string _server;
        SavedRoom _saved;
        double _savedAt = double.NegativeInfinity;
        bool _unsaved;
        bool _unwritten;

        /// <summary>Loads the room of an earlier run on this server, if there is one.</summary>
        public Room(IStore store, string server)
        {
            _store = store;
            _server = server;
            _saved = store.Load();
            if (_saved == null || _saved.server != server || string.IsNullOrEmpty(_saved.room_id))
                Clear();
            else
                Follow(new Cursor(_saved.epoch, _saved.last_seq), _saved.summary_seq);
        }

        public bool Exists => _saved != null;

        public string Id => Exists ? _saved.room_id : "";

        public string Token => Exists ? _saved.room_token : "";

        public string WebUrl { get; private set; } = "";

        public string ApiUrl { get; private set; } = "";

        /// <summary>Whether a socket of this run has attached to the room.</summary>
        public bool WasReached { get; private set; }

        public Delivery Delivery { get; private set; }

        /// <summary>Triggers that arrived while there was no handler, oldest first.</summary>
        public Queue<ViewerTrigger> Unheard { get; private set; }

        public SavedRoom Resumption => _saved;

        /// <summary>Takes a room that was opened elsewhere. The progress stays if it is the current
        /// room.</summary>
        public void Adopt(string roomId, string roomToken)
        {
            if (!Exists || Id != roomId) Begin(roomId, roomToken, new Cursor(0, 0));
            else Renew(roomToken);
        }

        public void Created(RoomCreated room)
        {
            Begin(room.room_id, room.room_token, new Cursor(room.epoch, room.seq));
            Reach(room.room_token, room.web_url, room.api_url);
        }

        public void Ready(RoomReady room)
        {
            Delivery.Attached(new Cursor(room.epoch, room.seq - room.replayed), room.recovered);
            Reach(room.room_token, room.web_url, room.api_url);
        }

        /// <summary>Saves the progress, at most once a second.</summary>
        public void SaveIfDue(double now)
        {
            if (!Exists) return;
            _unsaved |= Progress();
            if (!_unsaved || now < _savedAt + SaveEvery) return;
            _savedAt = now;
            Save();
        }

        /// <summary>Writes the progress to disk: the game leaves, or may be terminated at any
        /// moment.</summary>
        public void Write()
        {
            if (!Exists) return;
            if (Progress() || _unsaved) Save();
            if (!_unwritten) return;
            _unwritten = false;
            _store.Flush();
        }

        public void Forget()
        {
            Clear();
            _store.Forget();
        }

        void Begin(string roomId, string roomToken, Cursor applied)
        {
            _saved = new SavedRoom { server = _server, room_id = roomId, room_token = roomToken };
            WasReached = false;
            WebUrl = ApiUrl = "";
            Follow(applied, 0);
            Progress();
        }

        void Reach(string token, string webUrl, string apiUrl)
        {
            WasReached = true;
            WebUrl = webUrl;
            ApiUrl = apiUrl ?? "";
            Renew(token);
        }

        void Renew(string token)
        {
            _saved.room_token = token;
            _unsaved = true;
            Write();
        }

        void Save()
        {
            _unsaved = false;
            _unwritten = true;
            _store.Save(_saved);
        }

        void Follow(Cursor applied, long summary)
        {
            Delivery = new Delivery(applied);
            Unheard = new Queue<ViewerTrigger>();
            if (summary > 0) Delivery.RestoreSummary(summary);
        }

        bool Progress()
        {
            var applied = Delivery.Applied;
            var same = _saved.epoch == applied.Epoch
                && _saved.last_seq == applied.Seq
                && _saved.summary_seq == Delivery.HeldSummary;
            _saved.epoch = applied.Epoch;
            _saved.last_seq = applied.Seq;
            _saved.summary_seq = Delivery.HeldSummary;
            return !same;
        }

        void Clear()
        {
            _saved = null;
            WasReached = false;
            WebUrl = ApiUrl = "";
            Follow(new Cursor(0, 0), 0);
        }
    }
}
