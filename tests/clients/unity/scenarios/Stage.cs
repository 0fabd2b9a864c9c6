using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace Streamario.Tests
{
    /// <summary>A socket that a scenario controls.</summary>
    sealed class ScriptedSocket : ISocket
    {
        readonly Queue<SocketEvent> _came = new Queue<SocketEvent>();

        public readonly List<string> Sent = new List<string>();

        public int Arrivals { get; private set; }

        public SocketRequest Request { get; private set; }

        /// <summary>The code it was closed with, or 0.</summary>
        public int ClosedWith { get; private set; }

        public bool Aborted { get; private set; }

        public void Connect(SocketRequest request)
        {
            Request = request;
        }

        public void Send(string text)
        {
            Sent.Add(text);
        }

        public void Close(int code)
        {
            ClosedWith = code;
        }

        public void Abort()
        {
            Aborted = true;
        }

        /// <summary>The argument of WaitClosed, if it was called.</summary>
        public double? WaitedFor { get; private set; }

        /// <summary>Records the wait, and lets time pass.</summary>
        public void WaitClosed(double seconds)
        {
            WaitedFor = seconds;
            for (var moment = Stopwatch.StartNew(); moment.ElapsedMilliseconds < 2;) { }
        }

        public bool TryTake(out SocketEvent next)
        {
            next = _came.Count > 0 ? _came.Dequeue() : null;
            return next != null;
        }

        public void Bring(SocketEvent next)
        {
            _came.Enqueue(next);
            Arrivals++;
        }

        public void Bring(string json)
        {
            Bring(new SocketEvent { Kind = SocketEventKind.Text, Text = json.Replace('\'', '"') });
        }

        public void BringClose(int code)
        {
            Bring(new SocketEvent { Kind = SocketEventKind.Closed, Code = code });
        }

        public void BringRefusal(int status, string problem = "", double retryAfter = 0)
        {
            Bring(new SocketEvent
            {
                Kind = SocketEventKind.Closed,
                Refused = true,
                Status = status,
                Problem = problem,
                RetryAfter = retryAfter,
            });
        }

        public void BringRoom(long seq = 0, string id = "R", string page = "http://page")
        {
            Bring("{'type':'room_created','room_id':'" + id + "','web_url':'" + page.Replace(@"\", @"\\")
                + "','api_url':'http://api','room_token':'T',"
                + "'protocol':1,'epoch':1,'seq':" + seq + "}");
        }

        public void BringReady(
            long seq, int replayed, string status = "in_game", bool recovered = true, int round = 1)
        {
            Bring("{'type':'room_ready','room_id':'R','web_url':'http://page','api_url':'http://api','room_token':'T2',"
                + "'protocol':1,'epoch':1,'seq':" + seq + ",'status':'" + status + "','round':" + round + ","
                + "'recovered':" + (recovered ? "true" : "false") + ",'replayed':" + replayed + "}");
        }

        public void BringTrigger(long seq, long epoch = 1)
        {
            Bring("{'type':'game_event','room_id':'R','event_type':'skill1','trigger_count':5,"
                + "'viewer_count':1,'viewer_name':null,'epoch':" + epoch + ",'seq':" + seq
                + ",'fired_at':1764000000000,'replayed':false,'people':1,'by_streamer':false}");
        }

        public void BringSummary(long seq, int round = 1)
        {
            Bring("{'type':'game_end_summary','room_id':'R','round':" + round + ","
                + "'team_tops':{'all':null,'skill':null,'enemy':null},'top_by_button':[],"
                + "'top_overall':null,'event_totals':[],'epoch':1,'seq':" + seq + "}");
        }

        public void BringError(string code)
        {
            Bring("{'type':'error','code':'" + code + "','message':'why'}");
        }
    }

    sealed class MemoryStore : IStore
    {
        public SavedRoom Room;
        public int Saves;
        public int Flushes;

        public SavedRoom Load() => Room;

        public void Save(SavedRoom room)
        {
            Room = room;
            Saves++;
        }

        public void Flush()
        {
            Flushes++;
        }

        public void Forget()
        {
            Room = null;
        }
    }

    /// <summary>A client with a simulated clock, and sockets that a scenario controls.</summary>
    sealed class Stage
    {
        public readonly ClientOptions Options = new ClientOptions { Server = "ws://gateway" };
        public readonly MemoryStore Store = new MemoryStore();
        public readonly List<ScriptedSocket> Sockets = new List<ScriptedSocket>();
        public readonly List<long> Triggers = new List<long>();
        public readonly List<string> Told = new List<string>();
        public double Luck = 0.5;
        public double Now = 100;

        GameClient _client;

        public GameClient Client => _client ?? (_client = Make());

        public ScriptedSocket Socket => Sockets[Sockets.Count - 1];

        /// <summary>A client in its new room, after this many triggers.</summary>
        public static Stage InRoom(int triggers = 0, Action<Stage> prepare = null)
        {
            var stage = new Stage();
            if (prepare != null) prepare(stage);
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringRoom();
            for (var seq = 1; seq <= triggers; seq++) stage.Socket.BringTrigger(seq);
            stage.Step();
            return stage;
        }

        public void Step(double seconds = 0.01)
        {
            Now += seconds;
            Client.Tick(Now);
        }

        /// <summary>Advances by this many seconds, frame by frame.</summary>
        public void Pass(double seconds, double frame = 0.05)
        {
            for (var until = Now + seconds; Now < until;) Step(frame);
        }

        /// <summary>The messages of one type that were sent on the last socket.</summary>
        public List<string> Sent(string type)
        {
            return Socket.Sent.Where(text => text.Contains("\"" + type + "\"")).ToList();
        }

        GameClient Make()
        {
            var client = new GameClient(Options, NextSocket, new ContractJson(), Store, () => Luck);
            client.Trigger += trigger => Triggers.Add(trigger.seq);
            client.RoomOpened += room => Told.Add("opened");
            client.Resumed += room => Told.Add("resumed");
            client.RoomLost += why => Told.Add("lost:" + why.Code);
            client.RoundEnded += summary => Told.Add("round_ended");
            client.Gap += gap => Told.Add("gap:" + gap.epoch + "/" + gap.last_seq);
            client.Replaced += () => Told.Add("replaced");
            client.ConnectionChanged += (state, why) => Told.Add(state + (why.Code == "" ? "" : ":" + why.Code));
            client.Error += problem => Told.Add("error:" + problem.Code);
            return client;
        }

        ISocket NextSocket()
        {
            Sockets.Add(new ScriptedSocket());
            return Socket;
        }
    }
}
