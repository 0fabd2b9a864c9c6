using UnityEngine;

namespace Streamario
{
    /// <summary>JSON through Unity's JsonUtility, which works on every platform.</summary>
    sealed class UnityJson : IJson
    {
        public T Parse<T>(string text)
        {
            return JsonUtility.FromJson<T>(text);
        }

        public string Write<T>(T value)
        {
            return JsonUtility.ToJson(value);
        }
    }
}
