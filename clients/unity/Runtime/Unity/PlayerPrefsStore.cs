using System;
using UnityEngine;

namespace Streamario
{
    /// <summary>Stores the room in PlayerPrefs.</summary>
    /// <remarks>Flush writes all PlayerPrefs to disk and blocks the main thread: call it only when a
    /// hitch does not matter.</remarks>
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
                return null; // another program wrote this key
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
