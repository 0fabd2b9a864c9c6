using System.IO;

namespace Streamario.Tests
{
    /// <summary>Stores the room in a file; every Save is written at once.</summary>
    sealed class FileStore : IStore
    {
        readonly string _path;
        readonly IJson _json;

        public FileStore(string path, IJson json)
        {
            _path = path;
            _json = json;
        }

        public SavedRoom Load()
        {
            return File.Exists(_path) ? _json.Parse<SavedRoom>(File.ReadAllText(_path)) : null;
        }

        public void Save(SavedRoom room)
        {
            var fresh = _path + ".new";
            File.WriteAllText(fresh, _json.Write(room));
            // In one step: the test reads the file at any moment.
            if (File.Exists(_path)) File.Replace(fresh, _path, null);
            else File.Move(fresh, _path);
        }

        public void Flush()
        {
        }

        public void Forget()
        {
            File.Delete(_path);
        }
    }
}
