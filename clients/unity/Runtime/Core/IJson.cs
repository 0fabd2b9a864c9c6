namespace Streamario
{
    /// <summary>Reads and writes the public fields of [Serializable] classes as JSON.</summary>
    public interface IJson
    {
        /// <summary>Reads the fields of T and ignores all others.</summary>
        T Parse<T>(string text);

        string Write<T>(T value);
    }
}
