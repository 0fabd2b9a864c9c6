using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Streamario
{
    /// <summary>Writes an object of only those fields that are set: JsonUtility writes every field.</summary>
    sealed class JsonObject
    {
        readonly StringBuilder _text = new StringBuilder("{");

        public JsonObject Add(string name, string value)
        {
            return value == null ? this : Raw(name, Quoted(value));
        }

        public JsonObject Add(string name, bool? value)
        {
            return value == null ? this : Raw(name, value.Value ? "true" : "false");
        }

        public JsonObject Add(string name, int? value)
        {
            return value == null ? this : Raw(name, value.Value.ToString(CultureInfo.InvariantCulture));
        }

        public JsonObject Add(string name, double? value)
        {
            if (value == null) return this;
            if (double.IsNaN(value.Value) || double.IsInfinity(value.Value))
                throw new ArgumentOutOfRangeException(name, value, "JSON has no such number.");
            return Raw(name, value.Value.ToString("R", CultureInfo.InvariantCulture));
        }

        public JsonObject Add<T>(string name, IEnumerable<T> values, Func<T, string> written)
        {
            if (values == null) return this;
            var items = new List<string>();
            foreach (var value in values) items.Add(written(value));
            return Raw(name, "[" + string.Join(",", items) + "]");
        }

        public override string ToString() => _text + "}";

        /// <summary>The string as JSON writes it (RFC 8259, section 7).</summary>
        public static string Quoted(string value)
        {
            var text = new StringBuilder("\"");
            foreach (var c in value)
                if (c == '"' || c == '\\') text.Append('\\').Append(c);
                else if (c < ' ') text.Append("\\u").Append(((int)c).ToString("x4"));
                else text.Append(c);
            return text.Append('"').ToString();
        }

        JsonObject Raw(string name, string value)
        {
            if (_text.Length > 1) _text.Append(',');
            _text.Append(Quoted(name)).Append(':').Append(value);
            return this;
        }
    }
}
