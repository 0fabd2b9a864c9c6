using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Streamario.Tests
{
    // The calls that a game awaits: "awaited" comes once they have ended.
    sealed partial class Game
    {
        readonly CancellationTokenSource _cancel = new CancellationTokenSource();

        Dictionary<string, Action<string>> Awaited()
        {
            return new Dictionary<string, Action<string>>
            {
                { "await-open", _ => Await("open", _client.OpenAsync(_cancel.Token), room => room.Id + " " + room.IsNew) },
                { "await-start", _ => Await("start", Started(), round => round.ToString()) },
                { "await-end", _ => Await("end", _client.EndRoundAsync(), summary => "round " + summary.round) },
                { "cancel", _ => Task.Run(() => _cancel.Cancel()) },
                { "title", title => _client.ChangeSettings(new RoomSettings { Title = title }) },
                { "pace", pace => _client.ChangeSettings(new RoomSettings { TriggersPerMinute = double.Parse(pace) }) },
                { "button", presses => _client.ChangeSettings(OneButton(int.Parse(presses))) },
            };
        }

        async Task<int> Started()
        {
            await _client.StartRoundAsync();
            return _client.Round;
        }

        async void Await<T>(string call, Task<T> task, Func<T, string> written)
        {
            string result;
            try
            {
                result = written(await task);
            }
            catch (StreamarioException problem)
            {
                result = "refused " + problem.Code;
            }
            catch (OperationCanceledException)
            {
                result = "cancelled";
            }
            var thread = Thread.CurrentThread.ManagedThreadId == _mainThread ? "main" : "other";
            Tell("awaited", new Ended { call = call, result = result, thread = thread });
        }

        static RoomSettings OneButton(int presses)
        {
            return new RoomSettings
            {
                Buttons = new List<ButtonSettings> { new ButtonSettings("jump", presses).Label("en", "Jump") },
            };
        }

        [Serializable]
        sealed class Ended
        {
            public string call;
            public string result;
            public string thread;
        }
    }
}
