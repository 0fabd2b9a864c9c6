using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Streamario
{
    /// <summary>A number of JSON, not yet read as int, long or double.</summary>
    sealed class JsonNumber
    {
        public readonly string Text;

        public JsonNumber(string text)
        {
            Text = text;
        }
    }

    /// <summary>Parses JSON (RFC 8259) to dictionaries, lists, strings, JsonNumber, bool and null. Throws
    /// FormatException that names the position.</summary>
    sealed class JsonReader
    {
        const int Deepest = 64;

        readonly string _text;
        int _at;
        int _depth;

        JsonReader(string text)
        {
            _text = text;
        }

        public static object Read(string text)
        {
            var reader = new JsonReader(text);
            var value = reader.Value();
            if (reader.Peek() != '\0' || reader._at < text.Length) throw reader.Wrong("the end");
            return value;
        }

        object Value()
        {
            switch (Peek())
            {
                case '{': return Nested(Object);
                case '[': return Nested(List);
                case '"': return String();
                case 't': return Word("true", true);
                case 'f': return Word("false", false);
                case 'n': return Word("null", null);
                default: return Number();
            }
        }

        object Nested(Func<object> read)
        {
            if (++_depth > Deepest) throw Wrong("at most " + Deepest + " levels");
            _at++;
            var value = read();
            _depth--;
            return value;
        }

        object Object()
        {
            var fields = new Dictionary<string, object>();
            if (Skip('}')) return fields;
            do
            {
                if (Peek() != '"') throw Wrong("a name in quotes");
                var name = String();
                if (!Skip(':')) throw Wrong("':'");
                fields[name] = Value();
            }
            while (Skip(','));
            if (!Skip('}')) throw Wrong("',' or '}'");
            return fields;
        }

        object List()
        {
            var items = new List<object>();
            if (Skip(']')) return items;
            do items.Add(Value());
            while (Skip(','));
            if (!Skip(']')) throw Wrong("',' or ']'");
            return items;
        }

        string String()
        {
            var text = new StringBuilder();
            for (_at++; ; _at++)
            {
                if (_at >= _text.Length || _text[_at] < ' ') throw Wrong("the rest of a string");
                if (_text[_at] == '"') break;
                text.Append(_text[_at] == '\\' ? Escaped() : _text[_at]);
            }
            _at++;
            return text.ToString();
        }

        char Escaped()
        {
            _at++;
            var known = "\"\\/bfnrt".IndexOf(Here());
            if (known >= 0) return "\"\\/\b\f\n\r\t"[known];
            if (Here() != 'u') throw Wrong("an escape such as \\n or \\u00e9");
            var code = 0;
            for (var digit = 0; digit < 4; digit++)
            {
                _at++;
                if (!Uri.IsHexDigit(Here())) throw Wrong("four hexadecimal digits");
                code = code * 16 + Uri.FromHex(Here());
            }
            return (char)code;
        }

        object Number()
        {
            var start = _at;
            if (Here() == '-') _at++;
            if (Here() == '0') _at++;
            else Digits("a value");
            if (Here() == '.') Part();
            if (Here() == 'e' || Here() == 'E')
            {
                if (_at + 1 < _text.Length && "+-".IndexOf(_text[_at + 1]) >= 0) _at++;
                Part();
            }
            return new JsonNumber(_text.Substring(start, _at - start));
        }

        void Part()
        {
            _at++;
            Digits("a digit");
        }

        void Digits(string expected)
        {
            if (!IsDigit()) throw Wrong(expected);
            while (IsDigit()) _at++;
        }

        bool IsDigit() => Here() >= '0' && Here() <= '9';

        object Word(string word, object value)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) throw Wrong("a value");
            _at += word.Length;
            return value;
        }

        bool Skip(char expected)
        {
            if (Peek() != expected) return false;
            _at++;
            return true;
        }

        /// <summary>The next character that is no white space; '\0' at the end.</summary>
        char Peek()
        {
            while (_at < _text.Length && " \t\r\n".IndexOf(_text[_at]) >= 0) _at++;
            return Here();
        }

        char Here() => _at < _text.Length ? _text[_at] : '\0';

        FormatException Wrong(string expected)
        {
            var position = _at.ToString(CultureInfo.InvariantCulture);
            return new FormatException("Expected " + expected + " at character " + position + ".");
        }
    }
}
