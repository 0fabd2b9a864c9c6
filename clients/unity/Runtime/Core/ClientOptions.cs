using System;

namespace Streamario
{
    public enum Acknowledgement
    {
        /// <summary>A trigger is applied when its handler returns.</summary>
        WhenHandled,

        /// <summary>A trigger is applied when the game calls Acknowledge.</summary>
        Manual,
    }

    /// <summary>The options of a GameClient; set them before you create it.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The gateway, as ws://host:port or wss://host.</summary>
        public string Server = "ws://localhost:8890";

        /// <summary>The game key, needed to open rooms; empty if the server asks for none.</summary>
        public string GameKey = "";

        public Acknowledgement Acknowledgement = Acknowledgement.WhenHandled;

        /// <summary>If the saved room is gone: open a new one, or stop.</summary>
        public bool NewRoomWhenLost = true;

        /// <summary>Send secrets in the URL, for proxies that drop subprotocols. Intermediaries may log
        /// URLs.</summary>
        public bool SecretsInQuery;

        /// <summary>Silence (s, while the main loop runs) after which the connection counts as lost. After
        /// two fifths of it the client sends a ping.</summary>
        public double GiveUpAfter = 25;

        /// <summary>Whether an object whose method handles an event still exists. The handlers of others
        /// are removed.</summary>
        public Func<object, bool> IsAlive = target => true;

        /// <summary>The most triggers that one Tick passes to handlers; the rest waits for the next
        /// Tick.</summary>
        public int TriggersPerTick = 100;
    }
}
