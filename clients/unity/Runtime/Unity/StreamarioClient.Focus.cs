using UnityEngine;

namespace Streamario
{
    // Pauses a round while the game is not in front. The system may terminate a game there, so the paused
    // room is saved, too: the next run resumes its round.
    public sealed partial class StreamarioClient
    {
        bool _pausedByUs;

        string PausedKey => storeKey + ".paused";

        void OnApplicationPause(bool paused)
        {
            if (_game != null) Attend(!paused);
        }

        void OnApplicationFocus(bool focused)
        {
            if (_game != null) Attend(focused);
        }

        void Attend(bool inFront)
        {
            if (!inFront) StepAway();
            else if (_pausedByUs) GoOn();
        }

        void StepAway()
        {
            if (pauseWithoutFocus && _game.InRound && !_game.Paused) Hold();
            _game.Save();
        }

        void Hold()
        {
            _pausedByUs = true;
            PlayerPrefs.SetString(PausedKey, _game.RoomId);
            PlayerPrefs.Save();
            _game.Pause();
        }

        void GoOn()
        {
            _pausedByUs = false;
            PlayerPrefs.DeleteKey(PausedKey);
            if (_game.Paused) _game.Resume();
        }

        // After a recompile _pausedByUs is still set: the round waits for the focus.
        void GoOnAfterRestart(RoomReady room)
        {
            if (_pausedByUs || PlayerPrefs.GetString(PausedKey, "") != room.room_id) return;
            PlayerPrefs.DeleteKey(PausedKey);
            if (_game.InRound) _game.Resume();
        }
    }
}
