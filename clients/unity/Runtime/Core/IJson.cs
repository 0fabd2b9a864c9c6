namespace Streamario
{
    /// <summary>Reads and writes the public fields of [Serializable] classes as JSON.</summary>
    public interface IJson
    {
        /// <summary>Reads what T names, and passes over what it does not.</summary>
        T Parse<T>(string text);

        string Write<T>(T value);
    }
}
