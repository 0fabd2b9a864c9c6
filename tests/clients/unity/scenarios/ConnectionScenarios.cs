using System.Linq;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class ConnectionScenarios
    {
        public static void A_secret_that_cannot_travel_as_a_subprotocol_is_in_the_query()
        {
            var spaced = new Stage();
            spaced.Options.GameKey = "key 1";
            spaced.Client.Open();
            spaced.Step();
            Same(spaced.Socket.Request.Subprotocols, "streamario.v1");
            Equal("ws://gateway/ws-unity?round_changes=true&key=key%201", spaced.Socket.Request.Url);
        }

        public static void Any_usual_form_of_an_address_leads_to_the_socket()
        {
            Equal("ws://host:8890/ws-unity", Address.Normalise("host:8890"));
            Equal("ws://host:8890/ws-unity", Address.Normalise("http://host:8890/"));
            Equal("ws://httpbin.lan/ws-unity", Address.Normalise("httpbin.lan"));
            Equal("wss://host/ws-unity", Address.Normalise("https://host"));
            Equal("wss://host/ws-unity", Address.Normalise(" wss://host/ws-unity "));
        }

        public static void Attempts_are_spread_and_their_bound_doubles_up_to_15_seconds()
        {
            var backoff = new Backoff(() => 1);
            Same(Enumerable.Range(0, 7).Select(_ => backoff.Next(0)), 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0);
            backoff.Reset();
            Equal(0.5, backoff.Next(0));
            Equal(0.0, new Backoff(() => 0).Next(0));
        }

        public static void A_connection_that_stayed_for_a_while_starts_its_attempts_anew()
        {
            var stage = Stage.InRoom();
            stage.Luck = 1;
            for (var attempt = 0; attempt < 3; attempt++)
            {
                stage.Socket.BringClose(1006);
                stage.Pass(5);
            }
            stage.Socket.BringReady(0, 0);
            stage.Pass(6);
            var sockets = stage.Sockets.Count;
            stage.Socket.BringClose(1006);
            stage.Pass(0.6);
            Equal(sockets + 1, stage.Sockets.Count);
        }

        public static void A_connection_that_was_soon_lost_again_is_followed_by_a_longer_wait()
        {
            var stage = Stage.InRoom();
            stage.Luck = 1;
            stage.Socket.BringClose(1006);
            stage.Pass(0.6);
            stage.Socket.BringReady(0, 0);
            stage.Pass(4.5);
            stage.Socket.BringClose(1006);
            stage.Pass(0.9);
            Equal(2, stage.Sockets.Count);
            stage.Pass(0.2);
            Equal(3, stage.Sockets.Count);
        }

        public static void A_room_of_another_server_is_not_asked_for()
        {
            var stage = new Stage();
            stage.Store.Room = new SavedRoom { server = "ws://other/ws-unity", room_id = "OLD", room_token = "T" };
            stage.Client.Open();
            stage.Step();
            Equal("ws://gateway/ws-unity?round_changes=true", stage.Socket.Request.Url);
        }

        public static void Asked_to_reconnect_the_next_socket_is_there_before_the_old_one_goes()
        {
            var stage = Stage.InRoom(2);
            var old = stage.Socket;
            old.Bring("{'type':'reconnect','after_ms':500}");
            stage.Pass(0.4);
            Equal(1, stage.Sockets.Count);
            stage.Pass(0.2);
            Equal(2, stage.Sockets.Count);
            old.BringTrigger(3);
            stage.Step();
            Equal(0, old.ClosedWith);
            stage.Socket.BringReady(3, 1);
            stage.Socket.BringTrigger(3);
            stage.Socket.BringTrigger(4);
            stage.Step();
            stage.Step();
            Equal(1000, old.ClosedWith);
            Same(stage.Triggers, 1L, 2L, 3L, 4L);
            Same(stage.Told, "Connecting", "Connected", "opened", "resumed");
        }

        public static void Replaced_stops_the_game_before_its_socket_closes()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringError("replaced");
            stage.Pass(60);
            Equal(ConnectionState.Replaced, stage.Client.State);
            Equal(1, stage.Sockets.Count);
            True(stage.Told.Contains("replaced"), string.Join(" ", stage.Told));
        }

        public static void A_replaced_game_that_is_opened_again_takes_its_room_back()
        {
            var stage = Stage.InRoom();
            stage.Socket.BringError("replaced");
            stage.Step();
            stage.Client.Open();
            stage.Step();
            stage.Socket.BringReady(0, 0);
            stage.Step();
            Equal(ConnectionState.Connected, stage.Client.State);
        }

        public static void A_close_keeps_its_code_and_takes_its_reason_from_the_error_before_it()
        {
            ConnectionDetail why = null;
            var stage = Stage.InRoom();
            stage.Client.ConnectionChanged += (state, detail) => why = detail;
            stage.Socket.BringError("too_many_bad_messages");
            stage.Socket.BringClose(4009);
            stage.Step();
            Equal("too_many_bad_messages", why.Code);
            Equal("why", why.Message);
            Equal(4009, why.CloseCode);
        }

        public static void A_gateway_that_says_nothing_after_the_handshake_is_given_up()
        {
            var stage = new Stage();
            stage.Client.Open();
            stage.Step();
            stage.Socket.Bring(new SocketEvent { Kind = SocketEventKind.Opened });
            stage.Pass(16);
            True(stage.Told.Contains("Waiting:no_answer"), string.Join(" ", stage.Told));
            True(stage.Sockets[0].Aborted, "the silent socket was aborted");
        }

        public static void A_close_that_is_not_answered_is_waited_for_no_longer_than_two_seconds()
        {
            var stage = Stage.InRoom(1);
            var socket = stage.Socket;
            stage.Client.Close();
            Equal(1001, socket.ClosedWith);
            stage.Pass(1.9);
            Equal(ConnectionState.Closing, stage.Client.State);
            stage.Pass(0.2);
            Equal(ConnectionState.Closed, stage.Client.State);
            True(socket.Aborted, "the socket was let go");
        }

        public static void A_game_that_closes_during_a_move_does_not_say_goodbye_to_its_round()
        {
            var stage = Stage.InRoom();
            stage.Socket.Bring("{'type':'reconnect','after_ms':0}");
            stage.Pass(0.1);
            Equal(2, stage.Sockets.Count);
            stage.Client.Close();
            Same(stage.Sockets.Select(socket => socket.ClosedWith), 1001, 1001);
        }

        public static void A_game_that_closes_when_its_room_is_lost_stays_closed()
        {
            var stage = Stage.InRoom();
            stage.Client.RoomLost += why => stage.Client.Close();
            stage.Socket.BringClose(4004);
            stage.Pass(3);
            Equal(ConnectionState.Closed, stage.Client.State);
            Equal(1, stage.Sockets.Count);
        }

        public static void What_is_said_when_a_room_is_lost_is_said_to_the_next_room()
        {
            var stage = Stage.InRoom();
            stage.Client.StartRound();
            stage.Client.Pause();
            stage.Socket.Bring("{'type':'pong','t':2}");
            stage.Socket.Bring("{'type':'viewer_count_update','room_id':'R','viewer_count':3}");
            stage.Step();
            stage.Client.RoomLost += why =>
            {
                Equal(0, stage.Client.Viewers);
                stage.Client.StartRound();
            };
            stage.Socket.BringError("room_not_found");
            stage.Pass(1);
            stage.Socket.BringRoom();
            stage.Step();
            Equal(1, stage.Sent("game_start").Count);
            True(stage.Client.InRound && !stage.Client.Paused, "the pause was the other room's");
            True(!stage.Told.Contains("error:handler_failed"), string.Join(" ", stage.Told));
        }

        public static void A_game_that_closes_in_a_handler_is_left_in_peace()
        {
            var stage = Stage.InRoom();
            stage.Client.Trigger += _ => stage.Client.Close();
            stage.Socket.BringTrigger(1);
            stage.Socket.BringTrigger(2);
            stage.Pass(3);
            Same(stage.Triggers, 1L);
            Equal(ConnectionState.Closed, stage.Client.State);
        }
    }
}
