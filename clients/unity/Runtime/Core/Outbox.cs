using System;
using System.Collections.Generic;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>Commands that the gateway has not confirmed yet.</summary>
    /// <remarks>The gateway carries out what a socket brings in order, so the <c>pong</c> to a <c>ping</c>
    /// confirms every command before it. What is unconfirmed when a socket is lost is sent again on the
    /// next, except what the room's round shows to be done: an end and a start, repeated, would end the
    /// round that the start has opened.</remarks>
    sealed class Outbox
    {
        sealed class Command
        {
            public string Type;
            public string Text;
            public long Ticket;

            /// <summary>The round that it opens, where it was sent and opens one; else 0.</summary>
            public int Opens;
        }

        readonly List<Command> _commands = new List<Command>();
        long _lastTicket;

        // The room as it is once all that was sent is carried out.
        int _round;
        bool _running;

        public bool IsEmpty => _commands.Count == 0;

        /// <summary>A number for the next ping; its pong confirms what was added before.</summary>
        public long NextTicket()
        {
            return ++_lastTicket;
        }

        public void Add(string type, string text, bool sent)
        {
            var command = new Command { Type = type, Text = text, Ticket = _lastTicket + 1 };
            _commands.Add(command);
            if (sent) Foresee(command);
        }

        /// <summary>Lets go of what a pong confirms; gives the latest round that was opened by it, or 0.</summary>
        public int Confirm(long ticket)
        {
            var opened = 0;
            foreach (var command in _commands)
                if (command.Ticket <= ticket) opened = Math.Max(opened, command.Opens);
            _commands.RemoveAll(command => command.Ticket <= ticket);
            return opened;
        }

        public bool Holds(string type)
        {
            return _commands.Exists(command => command.Type == type);
        }

        /// <summary>The room as the next socket finds it: drops what is done, and what was meant for a round
        /// that is over. All the rest is to be sent.</summary>
        public void Meet(int round, bool running)
        {
            var done = _commands.FindLastIndex(command => command.Opens > 0 && command.Opens <= round);
            _commands.RemoveRange(0, done + 1);
            if (!running) DropForEndedRound();
            _round = round;
            _running = running;
            foreach (var command in _commands) Foresee(command);
        }

        /// <summary>A round has ended; tells whether another one runs, or is about to.</summary>
        public bool GoesOnAfter(int round)
        {
            if (round >= _round)
            {
                _round = round;
                _running = false;
            }
            return _running;
        }

        /// <summary>The room is gone: nothing in it was done, as the next room sees it.</summary>
        public void LoseRoom()
        {
            foreach (var command in _commands) command.Opens = 0;
        }

        public void Clear()
        {
            _commands.Clear();
        }

        public void SendAll(Action<string> send)
        {
            foreach (var command in _commands) send(command.Text);
        }

        /// <summary>No round runs any more: drops what was meant for it, up to the next start.</summary>
        void DropForEndedRound()
        {
            var start = _commands.FindIndex(command => command.Type == GameStart.Type);
            var until = start < 0 ? _commands.Count : start;
            for (var i = until - 1; i >= 0; i--)
                if (_commands[i].Type != ChangeSettings.Type) _commands.RemoveAt(i);
        }

        void Foresee(Command command)
        {
            command.Opens = 0;
            if (command.Type == GameEnd.Type) _running = false;
            if (command.Type != GameStart.Type || _running) return;
            _running = true;
            command.Opens = ++_round;
        }
    }
}
