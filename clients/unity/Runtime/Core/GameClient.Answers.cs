using System;
using Streamario.Messages;

#pragma warning disable 618 // scripts may use the old name of a trigger

namespace Streamario
{
    // What the game answers: what became of its triggers, and which buttons it can use.
    public sealed partial class GameClient
    {
        bool _answered;

        /// <summary>The trigger's effect has begun and lasts <c>seconds</c> (0.1 to 3,600): viewers see
        /// it.</summary>
        public void Lasting(GameEvent trigger, double seconds)
        {
            // Written so that it refuses NaN, too.
            if (!(seconds >= Protocol.ShortestEffect && seconds <= Protocol.LongestEffect))
                throw new ArgumentOutOfRangeException("seconds", seconds, "An effect lasts 0.1 to 3,600 s.");
            Tell(trigger, new Outcome { status = "started", duration_ms = (int)Math.Round(seconds * 1000) });
        }

        /// <summary>The game has carried out the trigger.</summary>
        public void Done(GameEvent trigger)
        {
            Tell(trigger, new Outcome { status = "done" });
        }

        /// <summary>The game could not carry out the trigger: its presses go back to the button. Viewers see
        /// the reason, of which 80 characters are kept. Ignored after Done.</summary>
        public void Failed(GameEvent trigger, string reason = "")
        {
            Tell(trigger, new Outcome { status = "failed", reason = Shortened(reason) });
        }

        /// <summary>The game can use the button again.</summary>
        public void Available(string eventType)
        {
            Tell(new Available { event_type = eventType, available = true, reason = "" });
        }

        /// <summary>The game cannot use the button until Available or the end of the round: presses are
        /// refused. Viewers see the reason, of which 80 characters are kept.</summary>
        public void Unavailable(string eventType, string reason = "")
        {
            Tell(new Available { event_type = eventType, reason = Shortened(reason) });
        }

        void Tell(GameEvent trigger, Outcome outcome)
        {
            var name = trigger.epoch + "/" + trigger.seq;
            // The first final outcome stays, as on the server.
            if (trigger.room_id != RoomId || _outbox.HoldsFinal(name)) return;
            outcome.epoch = trigger.epoch;
            outcome.seq = trigger.seq;
            outcome.reason = outcome.reason ?? "";
            var text = _json.Write(outcome);
            _outbox.AddOutcome(name, text, outcome.status != "started", _now);
            _answered |= _connection.TrySend(text);
        }

        void Tell(Available available)
        {
            var text = _json.Write(available);
            _outbox.AddAvailable(available.event_type, text);
            _answered |= _connection.TrySend(text);
        }

        // Handlers answer many triggers in one Tick: one ping confirms all of them.
        void ConfirmAnswers()
        {
            if (_answered) AskForConfirmation();
            _answered = false;
        }

        static string Shortened(string reason)
        {
            reason = reason ?? "";
            var length = 0;
            for (var points = 0; length < reason.Length && points < Protocol.LongestReason; points++)
                length += char.IsSurrogatePair(reason, length) ? 2 : 1;
            return reason.Substring(0, length);
        }
    }
}
