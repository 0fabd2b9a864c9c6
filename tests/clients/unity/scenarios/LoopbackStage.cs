using System.Collections.Generic;

namespace Streamario.Tests
{
    /// <summary>A client that plays without a server, on a simulated clock.</summary>
    sealed class LoopbackStage
    {
        public readonly PlainJson Json = new PlainJson();
        public readonly List<ViewerTrigger> Triggers = new List<ViewerTrigger>();
        public readonly List<GameEndSummary> Summaries = new List<GameEndSummary>();
        public readonly List<string> Told = new List<string>();
        public readonly LoopbackServer Server;
        public readonly LoopbackApi Api;
        public readonly GameClient Game;
        public double Now = 100;

        public LoopbackStage()
        {
            Server = new LoopbackServer(Json, () => Now);
            Api = new LoopbackApi(Server, Json, () => Now);
            var options = new ClientOptions { Server = StreamarioClient.Loopback };
            Game = new GameClient(options, Server.Socket, Json, new RunStore(), () => 0.5);
            Game.Trigger += Triggers.Add;
            Game.RoundEnded += Summaries.Add;
            Game.RoomOpened += room => Told.Add("opened");
            Game.Resumed += room => Told.Add("resumed");
            Game.RoomLost += why => Told.Add("lost");
            Game.RoundStarted += round => Told.Add("round " + round);
            Game.Error += problem => Told.Add(problem.Code);
            Game.Open();
            Step();
        }

        public static LoopbackStage InRound()
        {
            var stage = new LoopbackStage();
            stage.Game.StartRound();
            stage.Step();
            return stage;
        }

        public void Step(double seconds = 0.05)
        {
            Now += seconds;
            Game.Tick(Now);
            Api.Tick();
            Game.Tick(Now);
        }

        public void Press(string viewer, string eventType, int presses)
        {
            Server.Room.Press(viewer, viewer.ToUpper(), eventType, presses, Now);
            Step();
        }

        public void Pass(double seconds)
        {
            for (var until = Now + seconds; Now < until;) Step();
        }
    }
}
