using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class RoomScenarios
    {
        public static void A_room_that_is_named_right_after_the_start_is_the_only_one_asked_for()
        {
            var stage = new Stage();
            stage.Client.Open();
            stage.Client.Open("NAMED", "N");
            stage.Client.StartRound();
            stage.Pass(1);
            Equal(1, stage.Sockets.Count);
            True(stage.Socket.Request.Url.Contains("room_id=NAMED"), stage.Socket.Request.Url);
            stage.Socket.BringReady(0, 0, status: "active", round: 0);
            stage.Step();
            Equal(1, stage.Sent("game_start").Count);
        }

        public static void A_game_that_goes_to_another_room_leaves_the_first_and_hears_no_more_of_it()
        {
            var stage = Stage.InRoom(2);
            var first = stage.Socket;
            stage.Client.StartRound();
            first.BringTrigger(3);
            stage.Step();
            stage.Client.Open("OTHER", "O");
            Equal("", stage.Client.WebUrl);
            first.BringTrigger(4);
            stage.Step();
            Equal(1001, first.ClosedWith);
            True(!first.Aborted, "the first socket may send what it has");
            Equal(Ack(3), first.Sent.Last());
            Same(stage.Socket.Request.Subprotocols, "streamario.v1", "token.O");
            stage.Socket.BringReady(1, 1, status: "active", round: 0);
            stage.Socket.BringTrigger(1);
            stage.Step();
            Same(stage.Triggers, 1L, 2L, 3L, 1L);
            Equal(0, stage.Sent("game_start").Count);
            True(!stage.Client.InRound, "the round was the other room's");
        }

        public static void A_summary_that_was_waited_for_is_not_taken_from_another_room()
        {
            var stage = Stage.InRoom();
            var answers = new System.Collections.Generic.List<string>();
            stage.Client.StartRound();
            stage.Client.EndRound(summary => answers.Add(summary == null ? "none" : "some"));
            stage.Client.Open("OTHER", "O");
            stage.Step();
            Same(answers, "none");
        }

        public static void A_room_may_be_changed_in_a_handler()
        {
            var stage = Stage.InRoom();
            stage.Client.Trigger += trigger => stage.Client.Open("OTHER", "O");
            stage.Socket.BringTrigger(1);
            stage.Socket.BringTrigger(2);
            stage.Pass(1);
            Same(stage.Triggers, 1L);
            Equal(2, stage.Sockets.Count);
            Equal("ws://gateway/ws-unity?round_changes=true&room_id=OTHER&last_seq=0", stage.Socket.Request.Url);
            Same(stage.Told.Where(told => told.StartsWith("error")));
        }

        public static void A_game_that_insists_on_its_room_may_name_another_when_it_is_lost()
        {
            var stage = Stage.InRoom(0, s => s.Options.NewRoomWhenLost = false);
            stage.Client.RoomLost += why => stage.Client.Open("OTHER", "O");
            stage.Socket.BringClose(4004);
            stage.Pass(1);
            Equal(ConnectionState.Connecting, stage.Client.State);
            True(stage.Socket.Request.Url.Contains("room_id=OTHER"), stage.Socket.Request.Url);
        }

        public static void A_fresh_token_for_the_same_room_is_kept_and_used_from_then_on()
        {
            var stage = Stage.InRoom(2);
            stage.Client.Open("R", "FRESH");
            Equal(1, stage.Sockets.Count);
            Equal("FRESH", stage.Store.Room.room_token);
            stage.Socket.BringClose(1006);
            stage.Pass(1);
            Same(stage.Socket.Request.Subprotocols, "streamario.v1", "token.FRESH");
            True(stage.Socket.Request.Url.EndsWith("last_seq=2"), stage.Socket.Request.Url);
        }

        public static void A_fresh_token_does_not_wait_for_what_becomes_of_the_old_one()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom { server = "ws://gateway/ws-unity", room_id = "R", room_token = "OLD" };
            stage.Client.Open();
            stage.Step();
            stage.Client.Open("R", "FRESH");
            stage.Sockets[0].BringRefusal(403, "invalid_token");
            stage.Step();
            Same(stage.Socket.Request.Subprotocols, "streamario.v1", "token.FRESH");
            Equal("R", stage.Store.Room.room_id);
        }

        public static void A_game_that_leaves_and_opens_at_once_still_says_farewell()
        {
            var stage = Stage.InRoom();
            var first = stage.Socket;
            first.BringSummary(1);
            stage.Step();
            stage.Client.Leave();
            stage.Client.Open();
            stage.Pass(1.9);
            Equal(2, stage.Sockets.Count);
            Equal(Ack(1), first.Sent.Last());
            Equal(1000, first.ClosedWith);
            True(!first.Aborted, "the first socket has its time");
            stage.Pass(0.2);
            True(first.Aborted, "the first socket was let go");
            Same(stage.Told.Skip(4), "Closing", "Closed", "Connecting");
        }

        public static void What_was_said_in_a_room_that_was_left_is_not_said_in_the_next()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Client.EndRound();
            stage.Client.Leave();
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringRoom(id: "NEXT");
            stage.Step();
            Same(stage.Socket.Sent);
            True(!stage.Client.InRound, "no round was asked for in this room");
        }

        public static void A_process_that_ends_waits_once_for_all_its_sockets()
        {
            var stage = Stage.InRoom();
            stage.Socket.Bring("{'type':'reconnect','after_ms':0}");
            stage.Pass(0.1);
            stage.Client.Close();
            stage.Client.FinishClosing();
            var waits = stage.Sockets.Select(socket => socket.WaitedFor.Value).OrderBy(wait => wait).ToList();
            True(waits[0] < waits[1] - 0.001 && waits[1] <= 2, string.Join(" ", waits));
            True(stage.Sockets.All(socket => socket.Aborted), "nothing is left open");
            Equal(ConnectionState.Closed, stage.Client.State);
        }
    }
}
