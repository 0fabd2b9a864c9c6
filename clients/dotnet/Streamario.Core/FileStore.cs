using System;
using System.IO;

namespace Streamario
{
    /// <summary>Stores the room in a file. It holds the room's token: keep it from others.</summary>
    /// <remarks>Save only remembers the room, and Flush writes it. A crash in between loses nothing: the
    /// server remembers what was acknowledged.</remarks>
    public sealed class FileStore : IStore
    {
        readonly string _path;
        readonly IJson _json = new PlainJson();
        SavedRoom _unwritten;

        /// <param name="path">The file. Two games, or two clients in one game, need different ones.</param>
        public FileStore(string path)
        {
            _path = Path.GetFullPath(path);
        }

        /// <summary>A file of this game among the user's application data.</summary>
        public static FileStore OfGame(string game)
        {
            // Unless told not to look, .NET names no folder that does not exist yet.
            var data = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return new FileStore(Path.Combine(data, game, "streamario.json"));
        }

        /// <summary>Why the file could not be read or written the last time; null if it could.</summary>
        public Exception Failure { get; private set; }

        /// <summary>The room of an earlier run; null if there is none, or the file cannot be
        /// read.</summary>
        public SavedRoom Load()
        {
            SavedRoom room = null;
            Try(() => room = File.Exists(_path) ? _json.Parse<SavedRoom>(File.ReadAllText(_path)) : null);
            return room;
        }

        public void Save(SavedRoom room)
        {
            _unwritten = room;
        }

        /// <summary>Writes the room. If that fails, the next Flush tries again.</summary>
        public void Flush()
        {
            if (_unwritten != null && Try(Write)) _unwritten = null;
        }

        public void Forget()
        {
            _unwritten = null;
            Try(() => File.Delete(_path));
        }

        // In one step: whoever reads it, and a crash, find the old room or the new one.
        void Write()
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path));
            var fresh = _path + ".new";
            File.WriteAllText(fresh, _json.Write(_unwritten));
            if (File.Exists(_path)) File.Replace(fresh, _path, null);
            else File.Move(fresh, _path);
        }

        // A full disk, or a scanner that holds the file, must not stop the game.
        bool Try(Action access)
        {
            try
            {
                access();
                Failure = null;
            }
            catch (Exception problem) when (
                problem is IOException || problem is UnauthorizedAccessException || problem is FormatException)
            {
                Failure = problem;
            }
            return Failure == null;
        }
    }
}
