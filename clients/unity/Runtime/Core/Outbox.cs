using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>Commands that the gateway has not confirmed yet.</summary>
    /// <remarks>The gateway carries out what a socket brings in order, so the <c>pong</c> to a <c>ping</c>
    /// confirms every command before it. What is unconfirmed when a socket is lost is sent again on the
    /// next: each command may be repeated.</remarks>
    sealed class Outbox
    {
        sealed class Command
        {
            public string Type;
            public string Text;
            public long Ticket;
        }

        readonly List<Command> _commands = new List<Command>();
        long _lastTicket;

        public bool IsEmpty => _commands.Count == 0;

        /// <summary>A number for the next ping; its pong confirms what was added before.</summary>
        public long NextTicket()
        {
            return ++_lastTicket;
        }

        public void Add(string type, string text)
        {
            _commands.Add(new Command { Type = type, Text = text, Ticket = _lastTicket + 1 });
        }

        /// <summary>Lets go of what a pong confirms; tells whether a round's start was among it.</summary>
        public bool Confirm(long ticket)
        {
            var started = _commands.Exists(c => c.Ticket <= ticket && c.Type == GameStart.Type);
            _commands.RemoveAll(command => command.Ticket <= ticket);
            return started;
        }

        public bool Holds(string type)
        {
            return _commands.Exists(command => command.Type == type);
        }

        /// <summary>No round runs any more: drops what was meant for it, up to the next start.</summary>
        public void DropForEndedRound()
        {
            var start = _commands.FindIndex(command => command.Type == GameStart.Type);
            var until = start < 0 ? _commands.Count : start;
            for (var i = until - 1; i >= 0; i--)
                if (_commands[i].Type != ChangeSettings.Type) _commands.RemoveAt(i);
        }

        public void SendAll(Action<string> send)
        {
            foreach (var command in _commands) send(command.Text);
        }
    }
}
