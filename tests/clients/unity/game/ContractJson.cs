using System.IO;
using System.Runtime.Serialization.Json;
using System.Text;

namespace Streamario.Tests
{
    /// <summary>Reads and writes public fields, as Unity's JsonUtility does.</summary>
    sealed class ContractJson : IJson
    {
        public T Parse<T>(string text)
        {
            using (var stream = new MemoryStream(Encoding.UTF8.GetBytes(Whole<T>(text))))
                return (T)new DataContractJsonSerializer(typeof(T)).ReadObject(stream);
        }

        // To JsonUtility a number that is missing is 0, and a truth false; to this serializer it is a mistake.
        static string Whole<T>(string text)
        {
            var end = text.LastIndexOf('}');
            if (end < 0) return text;
            var missing = new StringBuilder();
            foreach (var field in typeof(T).GetFields())
                if (field.FieldType.IsPrimitive && !text.Contains('"' + field.Name + "\":"))
                    missing.Append(",\"" + field.Name + "\":" + (field.FieldType == typeof(bool) ? "false" : "0"));
            return text.Insert(end, missing.ToString());
        }

        public string Write<T>(T value)
        {
            using (var stream = new MemoryStream())
            {
                new DataContractJsonSerializer(typeof(T)).WriteObject(stream, value);
                return Encoding.UTF8.GetString(stream.ToArray());
            }
        }
    }
}
