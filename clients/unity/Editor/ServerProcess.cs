using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace Streamario
{
    /// <summary>A server that the editor has started: it survives recompiles, and ends with the editor.</summary>
    /// <remarks>A shell finds the program and becomes it, on Windows in WSL. Output goes to a file, because a pipe
    /// would break when scripts are compiled.</remarks>
    sealed class ServerProcess
    {
        const int ShownBytes = 2000;
        const int ShownLines = 6;

        // sh reads a whole pair of braces before it runs it, and after that nothing from standard input. An editor
        // that is started from a dock has a shorter PATH than a terminal. The data is where the program is started:
        // in its clone, as with `make run`, else in the home folder. If the editor is killed, the loop in the
        // background ends the server; $$ is the server's id there, too.
        const string StartScript = @"{
exec </dev/null >""$STREAMARIO_LOG"" 2>&1
echo ""Process $$""
cd || exit
PATH=""$PATH:$HOME/.local/bin:/opt/homebrew/bin:/usr/local/bin""
become() {
    echo ""$*""
    [ -z ""$STREAMARIO_EDITOR"" ] || {
        while kill -0 ""$STREAMARIO_EDITOR"" && kill -0 $$; do sleep 1; done
        kill -0 ""$STREAMARIO_EDITOR"" || kill $$
    } 2>/dev/null &
    exec ""$@""
}
[ -z ""$STREAMARIO_COMMAND"" ] || eval ""become env $STREAMARIO_COMMAND""
for program in ""$STREAMARIO_CLONE/.venv/bin/streamario"" ""$(command -v streamario)"" \
    ""$HOME/streamario/.venv/bin/streamario""
do
    [ -x ""$program"" ] || continue
    case $program in */.venv/bin/streamario) cd ""${program%/.venv/bin/streamario}"" || exit ;; esac
    become ""$program"" up
done
echo 'streamario was not found: not in the clone of this package, not on PATH, not in ~/streamario.'
echo 'Install it (docs/quickstart-streamers.md in its repository), or enter as Command what starts it.'
exit 127
}
";

        // Again, if the shell of the start has not written its id yet.
        const string StopScript = @"for try in 1 2 3 4 5; do
    { read -r name id <""$STREAMARIO_LOG"" && kill ""$id""; } 2>/dev/null && exit
    sleep 0.2
done
";

        readonly bool _isWindows;
        readonly Action<int> _keep;
        Process _process;

        /// <param name="kept">What was given to <c>keep</c> last before a recompile; 0 at first.</param>
        public ServerProcess(string log, bool isWindows, int kept, Action<int> keep)
        {
            Log = Path.GetFullPath(log);
            _isWindows = isWindows;
            _keep = keep;
            if (kept != 0) Find(kept);
        }

        /// <summary>The path of the file for its output.</summary>
        public string Log { get; }

        /// <summary>Whether it was started here, and has not ended.</summary>
        public bool IsRunning => _process != null;

        public bool IsStopping { get; private set; }

        /// <summary>Why it did not start, or how it ended by itself; "" otherwise.</summary>
        public string Problem { get; private set; } = "";

        string Program => _isWindows ? "wsl.exe" : "/bin/sh";

        /// <summary>Starts it, unless one that was started here still runs.</summary>
        /// <param name="clone">The folder in which the package's clone would be.</param>
        /// <param name="command">What starts it; "" to look for the program.</param>
        public void Start(string clone, string command)
        {
            if (IsRunning) return;
            Problem = "";
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Log));
                File.Delete(Log);
                _process = Run(StartScript, clone, command);
                _keep(_process.Id);
            }
            catch (Exception problem) when (IsOfSystem(problem))
            {
                Problem = "The server could not be started with " + Program + ": " + problem.Message;
            }
        }

        /// <summary>Asks it to stop, which takes seconds; a second time, to stop at once.</summary>
        public void Stop()
        {
            Tick();
            if (!IsRunning) return;
            IsStopping = true;
            _keep(0);
            try
            {
                Run(StopScript, "", "").Dispose();
            }
            catch (Exception problem) when (IsOfSystem(problem))
            {
                Problem = "The server could not be stopped: " + problem.Message;
            }
        }

        /// <summary>Notices that it has ended.</summary>
        public void Tick()
        {
            if (_process == null || !_process.HasExited) return;
            _process.Dispose();
            _process = null;
            if (!IsStopping) Fail();
            IsStopping = false;
        }

        void Find(int id)
        {
            try
            {
                _process = Process.GetProcessById(id);
                Tick();
            }
            catch (ArgumentException)
            {
                Fail();
            }
        }

        void Fail()
        {
            _keep(0);
            Problem = "The server has ended:\n" + LastLines() + "\nAll that it wrote is in " + Log;
        }

        Process Run(string script, string clone, string command)
        {
            var process = Process.Start(Shell(clone, command));
            var bytes = Encoding.UTF8.GetBytes(script.Replace("\r", ""));
            var input = process.StandardInput.BaseStream; // the writer itself may begin with a byte order mark
            input.Write(bytes, 0, bytes.Length);
            input.Close();
            return process;
        }

        ProcessStartInfo Shell(string clone, string command)
        {
            var start = new ProcessStartInfo
            {
                FileName = Program,
                Arguments = _isWindows ? "-e sh" : "",
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
            };
            var variables = start.EnvironmentVariables;
            variables["STREAMARIO_LOG"] = Log;
            variables["STREAMARIO_CLONE"] = clone;
            variables["STREAMARIO_COMMAND"] = command;
            // WSL passes the variables on that are named here; /p translates a path.
            if (_isWindows)
                variables["WSLENV"] = Environment.GetEnvironmentVariable("WSLENV")
                    + ":STREAMARIO_LOG/p:STREAMARIO_CLONE/p:STREAMARIO_COMMAND";
            else variables["STREAMARIO_EDITOR"] = Process.GetCurrentProcess().Id.ToString();
            return start;
        }

        string LastLines()
        {
            try
            {
                using (var file = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
                using (var reader = new StreamReader(file))
                {
                    file.Seek(-Math.Min(ShownBytes, file.Length), SeekOrigin.End);
                    var lines = reader.ReadToEnd().Trim().Split('\n');
                    var left = Math.Max(0, lines.Length - ShownLines);
                    return string.Join("\n", lines, left, lines.Length - left);
                }
            }
            catch (IOException problem)
            {
                return problem.Message;
            }
        }

        static bool IsOfSystem(Exception problem)
        {
            return problem is Win32Exception || problem is IOException || problem is UnauthorizedAccessException;
        }
    }
}
