using System;

namespace Streamario
{
    /// <summary>A room to come back to after a restart: the secret that owns it, and how far the game has
    /// got in it.</summary>
    [Serializable, Preserve]
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

        /// <summary>Notes the room. It is called each second of play, and must not take long.</summary>
        void Save(SavedRoom room);

        /// <summary>Writes what was saved, so that a crash right after it finds it.</summary>
        void Flush();

        void Forget();
    }
}
