using System;
using UnityEngine;

namespace Streamario
{
    /// <summary>Keeps the room in PlayerPrefs, written through so that a crash does not lose it.</summary>
    sealed class PlayerPrefsStore : IStore
    {
        readonly string _key;

        public PlayerPrefsStore(string key)
        {
            _key = key;
        }

        public SavedRoom Load()
        {
            var text = PlayerPrefs.GetString(_key, "");
            try
            {
                return text == "" ? null : JsonUtility.FromJson<SavedRoom>(text);
            }
            catch (ArgumentException)
            {
                return null; // not ours
            }
        }

        public void Save(SavedRoom room)
        {
            PlayerPrefs.SetString(_key, JsonUtility.ToJson(room));
            PlayerPrefs.Save();
        }

        public void Forget()
        {
            PlayerPrefs.DeleteKey(_key);
            PlayerPrefs.Save();
        }
    }
}
