using System;

namespace Streamario
{
    /// <summary>A room to come back to after a restart: the secret that owns it, and how far the game has
    /// got in it.</summary>
    [Serializable]
    public sealed class SavedRoom
    {
        public string server;
        public string room_id;
        public string room_token;

        /// <summary>The last message applied; epoch 0 where none is known.</summary>
        public long epoch;
        public long last_seq;

        /// <summary>A summary that the game has had and that is not acknowledged yet, or 0.</summary>
        public long summary_seq;
    }

    /// <summary>Where a room is kept between two runs of the game.</summary>
    public interface IStore
    {
        /// <summary>The room of an earlier run, or null.</summary>
        SavedRoom Load();

        /// <summary>Keeps the room so that a crash right after it finds it.</summary>
        void Save(SavedRoom room);

        void Forget();
    }
}
