using System;
using System.IO;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class StoreScenarios
    {
        public static void A_room_is_written_when_it_is_flushed_and_read_by_the_next_run()
        {
            InFolder(folder =>
            {
                var path = Path.Combine(folder, "deeper", "room.json");
                var store = new FileStore(path);
                Equal(null, store.Load());
                store.Save(new SavedRoom { room_id = "R", last_seq = long.MaxValue });
                Equal(null, new FileStore(path).Load());
                store.Flush();
                store.Save(new SavedRoom { room_id = "R2" });
                store.Flush();
                Equal("R2", new FileStore(path).Load().room_id);
                Same(Directory.GetFiles(Path.GetDirectoryName(path)), path);
                store.Forget();
                store.Flush();
                Equal(null, new FileStore(path).Load());
                Equal(null, store.Failure);
            });
        }

        public static void A_broken_file_is_no_room_and_the_next_one_is_written_over_it()
        {
            InFolder(folder =>
            {
                var path = Path.Combine(folder, "room.json");
                File.WriteAllText(path, "{\"room_id\":");
                var store = new FileStore(path);
                Equal(null, store.Load());
                Equal("Expected a value at character 11.", store.Failure.Message);
                store.Save(new SavedRoom { room_id = "R" });
                store.Flush();
                Equal("R", store.Load().room_id);
            });
        }

        public static void A_games_file_is_among_the_users_data_also_of_a_user_who_has_none_yet()
        {
            InFolder(folder =>
            {
                var data = Path.Combine(folder, "data");
                Environment.SetEnvironmentVariable("XDG_DATA_HOME", data);
                var store = FileStore.OfGame("game");
                store.Save(new SavedRoom { room_id = "R" });
                store.Flush();
                True(File.Exists(Path.Combine(data, "game", "streamario.json")), "it is there");
            });
        }

        public static void What_cannot_be_written_stops_no_game_and_is_written_later()
        {
            InFolder(folder =>
            {
                var path = Path.Combine(folder, "taken", "room.json");
                File.WriteAllText(Path.Combine(folder, "taken"), "");
                var store = new FileStore(path);
                store.Save(new SavedRoom { room_id = "R" });
                store.Flush();
                True(store.Failure is IOException, "its folder is a file");
                File.Delete(Path.Combine(folder, "taken"));
                store.Flush();
                Equal(null, store.Failure);
                Equal("R", store.Load().room_id);
            });
        }

        static void InFolder(Action<string> scenario)
        {
            var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            Directory.CreateDirectory(folder);
            try
            {
                scenario(folder);
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }
    }
}
