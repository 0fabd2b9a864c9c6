// The part of MonoGame that the sample uses.
using System;
using Microsoft.Xna.Framework.Graphics;

namespace Microsoft.Xna.Framework
{
    public class ExitingEventArgs : EventArgs { }

    public class Game : IDisposable
    {
        public event EventHandler<ExitingEventArgs> Exiting { add { } remove { } }
        public GameWindow Window => null;
        public GraphicsDevice GraphicsDevice => null;
        public TimeSpan InactiveSleepTime { get; set; }
        public void Run() { }
        public void Dispose() { }
        protected virtual void Initialize() { }
        protected virtual void LoadContent() { }
        protected virtual void Update(GameTime gameTime) { }
        protected virtual void Draw(GameTime gameTime) { }
    }

    public class GameWindow
    {
        public string Title { get; set; }
    }

    public class GameTime
    {
        public TimeSpan ElapsedGameTime { get; set; }
    }

    public class GraphicsDeviceManager
    {
        public GraphicsDeviceManager(Game game) { }
    }

    public struct Vector2
    {
        public float X, Y;

        public Vector2(float x, float y)
        {
            X = x;
            Y = y;
        }

        public Point ToPoint() => default(Point);
        public static Vector2 operator +(Vector2 one, Vector2 other) => one;
        public static Vector2 operator *(Vector2 one, float factor) => one;
    }

    public struct Point
    {
        public Point(int x, int y) { }
    }

    public struct Rectangle
    {
        public Rectangle(Point location, Point size) { }
    }

    public struct Color
    {
        public static Color White => default(Color);
        public static Color Black => default(Color);
        public static Color LimeGreen => default(Color);
        public static Color Red => default(Color);
    }
}

namespace Microsoft.Xna.Framework.Graphics
{
    public struct Viewport
    {
        public int Width => 0;
        public int Height => 0;
    }

    public class GraphicsDevice
    {
        public Viewport Viewport => default(Viewport);
        public void Clear(Color color) { }
    }

    public class Texture2D
    {
        public Texture2D(GraphicsDevice device, int width, int height) { }
        public void SetData<T>(T[] data) where T : struct { }
    }

    public class SpriteBatch
    {
        public SpriteBatch(GraphicsDevice device) { }
        public void Begin() { }
        public void Draw(Texture2D texture, Rectangle destination, Color color) { }
        public void End() { }
    }
}
