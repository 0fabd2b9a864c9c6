using System;

namespace Streamario
{
    /// <summary>A room to resume after a restart: its token, and the last message applied.</summary>
    [Serializable, Preserve]
    public sealed class SavedRoom
    {
        public string server;
        public string room_id;
        public string room_token;

        /// <summary>The last message applied; epoch 0 if none is known.</summary>
        public long epoch;
        public long last_seq;

        /// <summary>The number of a summary that the game received and has not acknowledged yet, or
        /// 0.</summary>
        public long summary_seq;
    }

    /// <summary>Stores a room between two runs of the game.</summary>
    public interface IStore
    {
        /// <summary>The room of an earlier run, or null.</summary>
        SavedRoom Load();

        /// <summary>Saves the room. Called once a second during play, so it must be quick.</summary>
        void Save(SavedRoom room);

        /// <summary>Writes the saved room to disk, so that it survives a crash.</summary>
        void Flush();

        void Forget();
    }
}
