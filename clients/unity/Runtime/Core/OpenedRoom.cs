namespace Streamario
{
    /// <summary>The room that OpenAsync has reached.</summary>
    public sealed class OpenedRoom
    {
        public readonly string Id;

        /// <summary>The URL of the viewers' page.</summary>
        public readonly string WebUrl;

        /// <summary>Whether it was opened just now; otherwise it is the room of an earlier run or
        /// connection.</summary>
        public readonly bool IsNew;

        public OpenedRoom(string id, string webUrl, bool isNew)
        {
            Id = id;
            WebUrl = webUrl;
            IsNew = isNew;
        }
    }
}
