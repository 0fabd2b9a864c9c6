using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace Streamario
{
    /// <summary>JSON without a dependency: reads and writes the public fields of the messages.</summary>
    /// <remarks>Fields are string, bool, int, long, double, arrays, or classes of such fields. It finds them
    /// by reflection: where code is trimmed or compiled ahead of time, keep the whole assembly with
    /// &lt;TrimmerRootAssembly Include="Streamario.Core" /&gt;.</remarks>
    public sealed class PlainJson : IJson
    {
        /// <summary>Reads an object. Fields that are missing or null keep their defaults; unknown ones are
        /// ignored. Throws FormatException that names the position or the field.</summary>
        public T Parse<T>(string text)
        {
            return (T)Bound(JsonReader.Read(text), typeof(T), "");
        }

        public string Write<T>(T value)
        {
            return Written(value);
        }

        static object Bound(object value, Type type, string path)
        {
            var number = value as JsonNumber;
            if (number != null && type.IsPrimitive) return Bound(number, type, path);
            if (value != null && value.GetType() == type) return value; // string, bool
            if (value is List<object> && type.IsArray) return Bound((List<object>)value, type, path);
            if (value is Dictionary<string, object> && IsMessage(type))
                return Bound((Dictionary<string, object>)value, type, path);
            throw Wrong(path, "is not " + Name(type));
        }

        static object Bound(Dictionary<string, object> fields, Type type, string path)
        {
            var message = Activator.CreateInstance(type);
            foreach (var field in FieldsOf(type))
            {
                object value;
                if (fields.TryGetValue(field.Name, out value) && value != null)
                    field.SetValue(message, Bound(value, field.FieldType, Inside(path, field.Name)));
            }
            return message;
        }

        static object Bound(List<object> items, Type type, string path)
        {
            var element = type.GetElementType();
            var array = Array.CreateInstance(element, items.Count);
            for (var i = 0; i < items.Count; i++)
                if (items[i] != null) array.SetValue(Bound(items[i], element, path + "[" + i + "]"), i);
            return array;
        }

        static object Bound(JsonNumber number, Type type, string path)
        {
            try
            {
                if (type == typeof(double)) return Finite(double.Parse(number.Text, CultureInfo.InvariantCulture));
                // An integer may be written as 5.0 or 5e0; a decimal holds each of 64 bits exactly.
                var exact = decimal.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
                if (exact == decimal.Truncate(exact) && type == typeof(long)) return (long)exact;
                if (exact == decimal.Truncate(exact) && type == typeof(int)) return (int)exact;
            }
            catch (OverflowException)
            {
                throw Wrong(path, "is too large");
            }
            throw Wrong(path, "is not " + Name(type));
        }

        // Some runtimes read 1e999 as infinity, others throw.
        static double Finite(double value)
        {
            if (double.IsInfinity(value)) throw new OverflowException();
            return value;
        }

        static string Written(object value)
        {
            if (value == null) return "null";
            if (value is string) return JsonObject.Quoted((string)value);
            if (value is bool) return (bool)value ? "true" : "false";
            if (value is double) return Written((double)value);
            if (value is int || value is long) return Convert.ToString(value, CultureInfo.InvariantCulture);
            if (value is Array) return "[" + string.Join(",", ((IEnumerable)value).Cast<object>().Select(Written)) + "]";
            if (!IsMessage(value.GetType())) throw new NotSupportedException("No JSON for " + value.GetType());
            var fields = FieldsOf(value.GetType())
                .Select(field => JsonObject.Quoted(field.Name) + ":" + Written(field.GetValue(value)));
            return "{" + string.Join(",", fields) + "}";
        }

        static string Written(double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
                throw new ArgumentOutOfRangeException("value", value, "JSON has no such number.");
            return value.ToString("R", CultureInfo.InvariantCulture);
        }

        static IEnumerable<FieldInfo> FieldsOf(Type type)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Instance).Where(field => !field.IsInitOnly);
        }

        static bool IsMessage(Type type) => type.IsClass && type != typeof(string) && !type.IsArray;

        static string Inside(string path, string name) => path == "" ? name : path + "." + name;

        static string Name(Type type)
        {
            if (type == typeof(string)) return "a string";
            if (type == typeof(bool)) return "true or false";
            if (type.IsArray) return "a list";
            return type == typeof(double) ? "a number" : type.IsPrimitive ? "an integer" : "an object";
        }

        static FormatException Wrong(string path, string why)
        {
            return new FormatException((path == "" ? "The message" : path) + " " + why + ".");
        }
    }
}
