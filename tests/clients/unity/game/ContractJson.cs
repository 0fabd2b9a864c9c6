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
            using (var stream = new MemoryStream(Encoding.UTF8.GetBytes(text)))
                return (T)new DataContractJsonSerializer(typeof(T)).ReadObject(stream);
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
