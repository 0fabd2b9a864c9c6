namespace Streamario
{
    /// <summary>Keeps the room for this run only: the loopback's room ends with it, and must not take the
    /// place of a saved one.</summary>
    sealed class RunStore : IStore
    {
        SavedRoom _room;

        public SavedRoom Load() => _room;

        public void Save(SavedRoom room)
        {
            _room = room;
        }

        public void Flush()
        {
        }

        public void Forget()
        {
            _room = null;
        }
    }
}
