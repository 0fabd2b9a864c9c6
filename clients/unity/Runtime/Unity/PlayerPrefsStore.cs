using System;
using UnityEngine;

namespace Streamario
{
    /// <summary>Keeps the room in PlayerPrefs.</summary>
    /// <remarks>Writing them through writes all of them, and the main thread waits for it: that is for
    /// moments in which the game may notice no hitch.</remarks>
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
        }

        public void Flush()
        {
            PlayerPrefs.Save();
        }

        public void Forget()
        {
            PlayerPrefs.DeleteKey(_key);
            PlayerPrefs.Save();
        }
    }
}
