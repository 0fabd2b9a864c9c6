using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using Microsoft.Xna.Framework;
using Microsoft.Xna.Framework.Graphics;
using Streamario;

/// <summary>Each trigger throws a square: those of skills are green, those of enemies red.</summary>
sealed class FireworksGame : Game
{
    const float Gravity = 900; // pixels/s²

    sealed class Square
    {
        public Vector2 Position;
        public Vector2 Speed;
        public Color Color;
    }

    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly Random _random = new Random();
    readonly List<Square> _squares = new List<Square>();
    readonly GameClient _viewers;
    SpriteBatch _batch;
    Texture2D _pixel;

    public FireworksGame()
    {
        _ = new GraphicsDeviceManager(this); // it registers itself
        _viewers = new GameClient(
            new ClientOptions(), () => new NativeSocket(), new PlainJson(),
            FileStore.OfGame("streamario-monogame"), _random.NextDouble);
        _viewers.Trigger += Throw;
        // Triggers come while the streaming software has the focus, too.
        InactiveSleepTime = TimeSpan.Zero;
        Exiting += (sender, leaving) =>
        {
            _viewers.Close();
            _viewers.FinishClosing();
        };
    }

    static void Main()
    {
        using (var game = new FireworksGame()) game.Run();
    }

    protected override void Initialize()
    {
        base.Initialize();
        _ = Play();
    }

    protected override void LoadContent()
    {
        _batch = new SpriteBatch(GraphicsDevice);
        _pixel = new Texture2D(GraphicsDevice, 1, 1);
        _pixel.SetData(new[] { Color.White });
    }

    protected override void Update(GameTime gameTime)
    {
        // The game's own time stands still where a frame takes long: the client needs the real one.
        _viewers.Tick(_clock.Elapsed.TotalSeconds);
        var seconds = (float)gameTime.ElapsedGameTime.TotalSeconds;
        foreach (var square in _squares)
        {
            square.Speed.Y += Gravity * seconds;
            square.Position += square.Speed * seconds;
        }
        _squares.RemoveAll(square => square.Position.Y > GraphicsDevice.Viewport.Height);
        base.Update(gameTime);
    }

    protected override void Draw(GameTime gameTime)
    {
        GraphicsDevice.Clear(Color.Black);
        _batch.Begin();
        foreach (var square in _squares)
            _batch.Draw(_pixel, new Rectangle(square.Position.ToPoint(), new Point(24, 24)), square.Color);
        _batch.End();
        base.Draw(gameTime);
    }

    async Task Play()
    {
        try
        {
            Window.Title = (await _viewers.OpenAsync()).WebUrl;
            await _viewers.StartRoundAsync();
        }
        catch (StreamarioException problem)
        {
            Window.Title = problem.Message;
        }
    }

    void Throw(ViewerTrigger trigger)
    {
        var viewport = GraphicsDevice.Viewport;
        _squares.Add(new Square
        {
            Position = new Vector2((float)_random.NextDouble() * viewport.Width, viewport.Height),
            Speed = new Vector2(0, -700),
            Color = trigger.event_type.StartsWith("skill") ? Color.LimeGreen : Color.Red,
        });
    }
}
