using UnityEngine;

namespace Streamario
{
    /// <summary>JSON as Unity reads and writes it on every platform.</summary>
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
