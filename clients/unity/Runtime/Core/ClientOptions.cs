using System;

namespace Streamario
{
    public enum Acknowledgement
    {
        /// <summary>A trigger is applied when its handler returns.</summary>
        WhenHandled,

        /// <summary>A trigger is applied when the game says so with Acknowledge.</summary>
        Manual,
    }

    /// <summary>How a GameClient behaves; set before it is made.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The gateway, as ws://host:port or wss://host.</summary>
        public string Server = "ws://localhost:8890";

        /// <summary>The key that opens rooms; empty where anybody may.</summary>
        public string GameKey = "";

        public Acknowledgement Acknowledgement = Acknowledgement.WhenHandled;

        /// <summary>Open a new room where the one to come back to is gone; otherwise stop.</summary>
        public bool NewRoomWhenLost = true;

        /// <summary>Show secrets in the URL, for proxies that drop subprotocols. URLs end in logs.</summary>
        public bool SecretsInQuery;

        /// <summary>Silence (s, while the main loop runs) after which the connection counts as lost. A ping
        /// asks when two fifths of it have passed.</summary>
        public double GiveUpAfter = 25;

        /// <summary>Whether an object, whose method handles an event, is still there. Handlers of one that is
        /// not are dropped.</summary>
        public Func<object, bool> IsAlive = target => true;

        /// <summary>Triggers that one Tick hands over at most; the rest waits for the next.</summary>
        public int TriggersPerTick = 100;
    }
}
