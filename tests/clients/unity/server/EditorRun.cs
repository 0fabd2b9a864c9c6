using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;

namespace Streamario.Tests
{
    /// <summary>The editor, as far as it has to do with a server: LOG ORIGIN WINDOWS. It obeys the lines that it reads,
    /// and prints a line for each change. Scripts are in an application domain, which a recompile replaces.</summary>
    static class EditorRun
    {
        const int Frame = 10; // ms

        static readonly BlockingCollection<string> Read = new BlockingCollection<string>();
        static AppDomain _domain = null;
        static Scripts _scripts;

        static void Main(string[] arguments)
        {
            new Thread(Listen) { IsBackground = true }.Start();
            Load(arguments, 0);
            string line, said = "";
            while (true)
            {
                if (Read.TryTake(out line, Frame) && !Obey(line, arguments)) return;
                var state = _scripts.Tick();
                if (state != said) Console.WriteLine(state.Replace('\n', '|'));
                said = state;
            }
        }

        static void Listen()
        {
            for (string line; (line = Console.ReadLine()) != null;) Read.Add(line);
            Read.Add("quit");
        }

        static bool Obey(string line, string[] arguments)
        {
            var words = line.Split('\t');
            if (words[0] == "start") _scripts.Start(words[1], words[2]);
            if (words[0] == "recompile") Recompile(arguments);
            if (words[0] == "stop" || words[0] == "quit") _scripts.Stop();
            return words[0] != "quit";
        }

        static void Recompile(string[] arguments)
        {
            var kept = _scripts.Kept;
            if (_domain != null) AppDomain.Unload(_domain);
            Load(arguments, kept);
        }

        static void Load(string[] arguments, int kept)
        {
#if NETCOREAPP // which has no such domains
            _scripts = new Scripts();
#else
            _domain = AppDomain.CreateDomain("scripts");
            var type = typeof(Scripts);
            _scripts = (Scripts)_domain.CreateInstanceAndUnwrap(type.Assembly.FullName, type.FullName);
#endif
            _scripts.Begin(arguments[0], arguments[1], arguments[2] == "windows", kept);
            Console.WriteLine("loaded");
        }
    }

    sealed class Scripts : MarshalByRefObject
    {
        readonly Stopwatch _clock = Stopwatch.StartNew();
        ServerProcess _process;
        ServerSearch _search;

        public int Kept { get; private set; }

        public void Begin(string log, string origin, bool isWindows, int kept)
        {
            Kept = kept;
            _process = new ServerProcess(log, isWindows, kept, id => Kept = id);
            _search = new ServerSearch(new NetRoomApi(origin), 0.1);
        }

        public void Start(string clone, string command) => _process.Start(clone, command);

        public void Stop() => _process.Stop();

        public string Tick()
        {
            _process.Tick();
            _search.Tick(_clock.Elapsed.TotalSeconds);
            if (_process.Problem != "") return "problem: " + _process.Problem;
            var state = _process.IsStopping ? "stopping" : _process.IsRunning ? "running" : "none";
            return state + (_search.IsFound ? ", found" : "");
        }
    }
}
