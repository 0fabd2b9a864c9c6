using System;
using UnityEditor;
using UnityEngine;

namespace Streamario
{
    /// <summary>Shows the game's room in Play mode, fires buttons, and lets a crowd come; without a server, or with
    /// one that it starts.</summary>
    sealed class StreamarioWindow : EditorWindow
    {
        const int CrowdSeconds = 30;

        int _viewers = 20;
        int _seconds = CrowdSeconds;
        Vector2 _scroll;

        // A recompile makes these null again: Unity keeps only what it can serialise.
        Bench _bench;
        IRoomApi _benchApi;
        ServerPanel _server;
        Action _clicked;

        [MenuItem("Window/Streamario")]
        static void Open()
        {
            GetWindow<StreamarioWindow>("Streamario").minSize = new Vector2(400, 360);
        }

        static StreamarioClient Client => EditorApplication.isPlaying ? StreamarioClient.Instance : null;

        // Called often, also while the game is paused or the window has no focus.
        void Update()
        {
            var now = EditorApplication.timeSinceStartup;
            if (_server == null) _server = new ServerPanel(StreamarioClient.NewApi(ServerPanel.Origin));
            _server.Tick(now);
            var client = Client;
            if (client == null || client.Api == null) return;
            if (_benchApi != client.Api) Begin(client.Api);
            _bench.Tick(now, client.Game.RoomId);
        }

        void OnInspectorUpdate()
        {
            Repaint();
        }

        void Begin(IRoomApi api)
        {
            _benchApi = api;
            _bench = new Bench(api, new UnityJson(), new System.Random().NextDouble);
        }

        void OnGUI()
        {
            _scroll = EditorGUILayout.BeginScrollView(_scroll);
            if (_server != null) _server.Draw(Button);
            var client = Client;
            if (!EditorApplication.isPlaying) Hint("Press Play to open a room.");
            else if (client == null) Hint("There is no Streamario Client in the scene: drag the prefab into it.");
            else DrawClient(client);
            EditorGUILayout.EndScrollView();
            var clicked = _clicked;
            _clicked = null;
            if (clicked != null) clicked();
        }

        // What a click does is done after the drawing: Unity has laid out the controls as they were before.
        void Button(string text, Action done)
        {
            if (GUILayout.Button(text)) _clicked = done;
        }

        void DrawClient(StreamarioClient client)
        {
            var game = client.Game;
            EditorGUILayout.LabelField("State", game.State + (client.IsLoopback ? ", without a server" : ""));
            if (client.Why.Code != "") EditorGUILayout.HelpBox(client.Why.ToString(), MessageType.Warning);
            EditorGUILayout.LabelField("Round", RoundOf(game));
            EditorGUILayout.LabelField("Viewers", game.Viewers.ToString());
            if (game.WebUrl == "") return;
            DrawLink(game, client.IsLoopback);
            DrawRound(game);
            if (client.Api == null) Hint("The server does not say where its API is: set the client's Api Url.");
            if (_bench == null || client.Api == null) return;
            DrawButtons(client);
            DrawCrowd(game);
        }

        static string RoundOf(GameClient game)
        {
            if (!game.InRound) return game.Round == 0 ? "none yet" : game.Round + " has ended";
            return game.Round + (game.Paused ? ", paused" : " runs");
        }

        void DrawLink(GameClient game, bool isLoopback)
        {
            if (isLoopback) return; // nobody else can come
            EditorGUILayout.LabelField("Viewers' page", game.WebUrl);
            Uri page;
            var opens = StreamarioClient.TryWeb(game.WebUrl, out page);
            if (!opens) Hint("The server's link begins with neither http:// nor https://, and is not opened.");
            EditorGUILayout.BeginHorizontal();
            if (opens) Button("Open", () => Application.OpenURL(page.AbsoluteUri));
            Button("Copy", () => GUIUtility.systemCopyBuffer = game.WebUrl);
            EditorGUILayout.EndHorizontal();
        }

        void DrawRound(GameClient game)
        {
            EditorGUILayout.BeginHorizontal();
            if (!game.InRound) Button("Start a round", () => game.StartRound());
            if (game.InRound) Button("End the round", () => game.EndRound());
            if (game.InRound && !game.Paused) Button("Pause", game.Pause);
            if (game.Paused) Button("Resume", () => game.Resume());
            EditorGUILayout.EndHorizontal();
        }

        void DrawButtons(StreamarioClient client)
        {
            EditorGUILayout.Space();
            foreach (var button in _bench.Board.Buttons)
            {
                EditorGUILayout.BeginHorizontal();
                var text = button.EventType + "  " + button.Presses + " / " + button.Needed;
                EditorGUI.ProgressBar(EditorGUILayout.GetControlRect(), (float)button.Share, text);
                var type = button.EventType;
                Button("Fire " + type, () => _bench.Fire(client.Game.RoomId, client.RoomToken, type));
                EditorGUILayout.EndHorizontal();
            }
            if (_bench.Said != "") Hint(_bench.Said);
            if (_bench.Board.Problem != "") Hint("The buttons could not be read: " + _bench.Board.Problem);
        }

        void DrawCrowd(GameClient game)
        {
            EditorGUILayout.Space();
            _viewers = EditorGUILayout.IntSlider("Viewers of a crowd", _viewers, 1, Crowd.Most);
            _seconds = EditorGUILayout.IntSlider("Seconds", _seconds, 1, 300);
            if (_bench.HasCrowd) Button("Send it home", _bench.Disperse);
            else Button("Let the crowd come", () => _bench.Invite(game.RoomId, _viewers, _seconds));
            if (_bench.Crowd != null) Hint(_bench.Crowd.ToString());
        }

        static void Hint(string text)
        {
            EditorGUILayout.HelpBox(text, MessageType.Info);
        }
    }
}
