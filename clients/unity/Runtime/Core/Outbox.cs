using System;
using System.Collections.Generic;
using Streamario.Messages;

namespace Streamario
{
    /// <summary>Commands that the gateway has not confirmed yet.</summary>
    /// <remarks>The gateway carries out commands in order, so the <c>pong</c> to a <c>ping</c> confirms
    /// every command before it. When a socket is lost, unconfirmed commands are sent again on the next
    /// one, except those that the room's round shows to be done: an end and a start, repeated, would end
    /// the round that the start has opened. Of the answers about one trigger or button, only the last is
    /// kept; the server takes no outcome of a trigger that is older than ten minutes.</remarks>
    sealed class Outbox
    {
        const int MostOutcomes = 1000;
        const double OutcomeAfter = 600; // s

        sealed class Command
        {
            public string Type;
            public string Text;
            public long Ticket;

            /// <summary>The round that this sent command opens; 0 if it opens none.</summary>
            public int Opens;

            /// <summary>The trigger or button that this answer is about; null for other
            /// commands.</summary>
            public string About;
            public bool IsFinal;
            public double SaidAt;

            public bool IsOutcome => Type == Outcome.Type;
        }

        readonly List<Command> _commands = new List<Command>();
        long _lastTicket;

        // The state of the room after all sent commands are carried out.
        int _round;
        bool _running;

        public bool IsEmpty => _commands.Count == 0;

        /// <summary>The ticket that confirms the command added last.</summary>
        public long LastAdded { get; private set; }

        /// <summary>Whether a round runs once all commands are carried out.</summary>
        public bool WillRun
        {
            get
            {
                var last = _commands.FindLast(each => each.Type == GameStart.Type || each.Type == GameEnd.Type);
                return last == null ? _running : last.Type == GameStart.Type;
            }
        }

        /// <summary>A number for the next ping; its pong confirms all commands added before.</summary>
        public long NextTicket()
        {
            return ++_lastTicket;
        }

        public void Add(string type, string text, bool sent)
        {
            var command = new Command { Type = type, Text = text };
            Add(command);
            if (sent) Foresee(command);
        }

        /// <summary>Adds an outcome of a trigger; <c>isFinal</c>: no other one follows.</summary>
        public void AddOutcome(string trigger, string text, bool isFinal, double now)
        {
            Replace(new Command
            {
                Type = Outcome.Type, Text = text, About = trigger, IsFinal = isFinal, SaidAt = now,
            });
            if (_commands.FindAll(command => command.IsOutcome).Count > MostOutcomes)
                _commands.RemoveAt(_commands.FindIndex(command => command.IsOutcome));
        }

        /// <summary>Whether the server is still to be told a final outcome of the trigger.</summary>
        public bool HoldsFinal(string trigger)
        {
            return _commands.Exists(command => command.IsFinal && command.About == trigger);
        }

        public void AddAvailable(string eventType, string text)
        {
            Replace(new Command { Type = Available.Type, Text = text, About = eventType });
        }

        /// <summary>Removes the commands that a pong confirms; returns the latest round that they opened,
        /// or 0.</summary>
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

        public bool Holds(string type, long ticket)
        {
            return _commands.Exists(command => command.Type == type && command.Ticket == ticket);
        }

        /// <summary>Removes a refused start, if the server is at one; <c>round</c> is the last one that is
        /// known.</summary>
        public bool RefuseStart(int round, out long ticket)
        {
            var next = _commands.Count > 0 ? _commands[0].Ticket : 0;
            ticket = next;
            var start = _commands.Find(each => each.Type == GameStart.Type && each.Ticket == next);
            if (start == null) return false;
            _commands.Remove(start);
            if (start.Opens > 0) Begin(round, false);
            return true;
        }

        /// <summary>Somebody else has opened the round.</summary>
        public void Follow(int round)
        {
            if (round > _round) Begin(round, true);
        }

        /// <summary>Takes over the room's state from the next socket: removes commands that are done or
        /// were meant for an ended round. The others are to be sent again.</summary>
        public void Meet(int round, bool running, double now)
        {
            _commands.RemoveAll(command => command.IsOutcome && now >= command.SaidAt + OutcomeAfter);
            var done = _commands.FindLastIndex(command => command.Opens > 0 && command.Opens <= round);
            _commands.RemoveRange(0, done + 1);
            if (!running) DropForEndedRound();
            Begin(round, running);
        }

        /// <summary>A round has ended; returns whether another one runs or is about to start.</summary>
        public bool GoesOnAfter(int round)
        {
            if (round >= _round)
            {
                _round = round;
                _running = false;
            }
            return _running;
        }

        /// <summary>The room is gone, with its triggers: all commands count as not carried out in the next
        /// room.</summary>
        public void LoseRoom()
        {
            _commands.RemoveAll(command => command.IsOutcome);
            foreach (var command in _commands) command.Opens = 0;
            _running = false;
        }

        public void Clear()
        {
            _commands.Clear();
        }

        public void SendAll(Action<string> send)
        {
            foreach (var command in _commands) send(command.Text);
        }

        /// <summary>The round has ended: removes its commands, up to the next start. Settings and outcomes
        /// are taken without a round too.</summary>
        void DropForEndedRound()
        {
            var start = _commands.FindIndex(command => command.Type == GameStart.Type);
            var until = start < 0 ? _commands.Count : start;
            for (var i = until - 1; i >= 0; i--)
                if (_commands[i].Type != ChangeSettings.Type && !_commands[i].IsOutcome) _commands.RemoveAt(i);
        }

        void Begin(int round, bool running)
        {
            _round = round;
            _running = running;
            foreach (var command in _commands) Foresee(command);
        }

        void Replace(Command answer)
        {
            _commands.RemoveAll(command => command.Type == answer.Type && command.About == answer.About);
            Add(answer);
        }

        void Add(Command command)
        {
            command.Ticket = LastAdded = _lastTicket + 1;
            _commands.Add(command);
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
