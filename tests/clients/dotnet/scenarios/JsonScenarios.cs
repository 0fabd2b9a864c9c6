using System;
using System.Linq;
using Streamario.Messages;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class JsonScenarios
    {
        static readonly PlainJson Json = new PlainJson();

        public static void Every_message_is_read_as_it_was_written_and_as_another_reader_reads_it()
        {
            var write = typeof(PlainJson).GetMethod("Write");
            var parse = typeof(PlainJson).GetMethod("Parse");
            var classes = typeof(PlainJson).Assembly.GetTypes()
                .Where(type => type.IsSerializable && type.IsPublic && type.IsClass)
                .Where(type => type.GetConstructor(Type.EmptyTypes) != null).ToList();
            True(classes.Count > 20, "these are all of them: " + classes.Count);
            foreach (var type in classes)
            {
                var text = (string)write.MakeGenericMethod(type).Invoke(Json, new[] { Filled(type) });
                True(!text.Contains("null") && !text.Contains(":0"), "all of it is filled: " + text);
                var again = parse.MakeGenericMethod(type).Invoke(Json, new object[] { text });
                Equal(text, (string)write.MakeGenericMethod(type).Invoke(Json, new[] { again }));
                var other = typeof(ContractJson).GetMethod("Parse").MakeGenericMethod(type)
                    .Invoke(new ContractJson(), new object[] { text });
                Equal(text, (string)write.MakeGenericMethod(type).Invoke(Json, new[] { other }));
            }
        }

        public static void Nulls_leave_the_defaults_and_unknown_fields_are_passed_over()
        {
            var summary = Json.Parse<GameEndSummary>(
                "{\"later\":{\"a\":[1,{}]},\"top_overall\":null,\"round\":null,\"team_tops\":{\"all\":null},"
                + "\"top_by_button\":[null,{\"event_type\":\"e\",\"viewer_name\":null,\"count\":2}]}");
            True(!summary.HasTopOverall && !summary.team_tops.HasAll && summary.round == 0, "they are none");
            Equal(GameEndSummary.Type, summary.type);
            Equal(2, summary.top_by_button[1].count);
            True(summary.top_by_button[0] == null && !summary.top_by_button[1].HasViewerName, "nobody");
            Equal("{\"type\":null}", Json.Write(new MessageHeader()));
        }

        public static void Strings_are_escaped_and_read_in_every_form()
        {
            var error = Json.Parse<Error>(@"{""message"":""\""\\\/\b\f\n\r\t\u82b1\ud83c\udf86 花火""}");
            Equal("\"\\/\b\f\n\r\t花🎆 花火", error.message);
            Equal(error.message, Json.Parse<Error>(Json.Write(error)).message);
        }

        public static void Integers_reach_the_edges_of_their_types_and_not_further()
        {
            foreach (var edge in new[] { long.MaxValue, long.MinValue, 9007199254740993, 0 })
                Equal(edge, Json.Parse<Pong>(Json.Write(new Pong { t = edge })).t);
            Equal(120L, Json.Parse<Pong>(" { \"t\" : 1.2e2 } ").t);
            Equal(int.MinValue, Json.Parse<RoomReady>("{\"round\":-2147483648}").round);
            Fails<Pong>("{\"t\":9223372036854775808}", "t is too large.");
            Fails<Pong>("{\"t\":1e999}", "t is too large.");
            Fails<RoomReady>("{\"round\":2147483648}", "round is too large.");
            Fails<RoomReady>("{\"round\":1.5}", "round is not an integer.");
        }

        public static void Numbers_with_fractions_stay_exact()
        {
            foreach (var number in new[] { 0.1, -1e-300, 1.7976931348623157e308 })
                Equal(number, Json.Parse<Fraction>(Json.Write(new Fraction { value = number })).value);
            Fails<Fraction>("{\"value\":1e999}", "value is too large.");
            try
            {
                Json.Write(new Fraction { value = double.NaN });
            }
            catch (ArgumentOutOfRangeException)
            {
                return;
            }
            True(false, "JSON has no NaN");
        }

        public static void A_wrong_value_is_told_with_its_field()
        {
            Fails<GameEndSummary>("{\"team_tops\":{\"all\":{\"count\":\"1\"}}}", "team_tops.all.count is not an integer.");
            Fails<GameEndSummary>("{\"event_totals\":[{},{\"count\":true}]}", "event_totals[1].count is not an integer.");
            Fails<GameEndSummary>("{\"event_totals\":{}}", "event_totals is not a list.");
            Fails<RoomReady>("{\"recovered\":1}", "recovered is not true or false.");
            Fails<RoomReady>("{\"status\":1}", "status is not a string.");
            Fails<Gap>("[]", "The message is not an object.");
            Fails<Gap>("null", "The message is not an object.");
        }

        public static void Malformed_text_is_told_with_its_position()
        {
            Fails<Gap>("", "Expected a value at character 0.");
            Fails<Gap>("{", "Expected a name in quotes at character 1.");
            Fails<Gap>("{\"a\" 1}", "Expected ':' at character 5.");
            Fails<Gap>("{\"a\":1 \"b\"}", "Expected ',' or '}' at character 7.");
            Fails<Gap>("{\"a\":[1 2]}", "Expected ',' or ']' at character 8.");
            Fails<Gap>("{\"a\":1,}", "Expected a name in quotes at character 7.");
            Fails<Gap>("{\"a\":01}", "Expected ',' or '}' at character 6.");
            Fails<Gap>("{\"a\":-}", "Expected a value at character 6.");
            Fails<Gap>("{\"a\":1.}", "Expected a digit at character 7.");
            Fails<Gap>("{\"a\":1e+}", "Expected a digit at character 8.");
            Fails<Gap>("{\"a\":nul}", "Expected a value at character 5.");
            Fails<Gap>("{\"a\":\"b", "Expected the rest of a string at character 7.");
            Fails<Gap>("{\"a\":\"\n\"}", "Expected the rest of a string at character 6.");
            Fails<Gap>("{\"a\":\"\\x\"}", "Expected an escape such as \\n or \\u00e9 at character 7.");
            Fails<Gap>("{\"a\":\"\\u12g4\"}", "Expected four hexadecimal digits at character 10.");
            Fails<Gap>("{} {}", "Expected the end at character 3.");
            Fails<Gap>("{}\0", "Expected the end at character 2.");
            Fails<Gap>(new string('[', 100000), "Expected at most 64 levels at character 64.");
        }

        public static void What_is_no_message_is_not_written()
        {
            try
            {
                Json.Write(1.5m);
            }
            catch (NotSupportedException)
            {
                return;
            }
            True(false, "no field is a decimal");
        }

        sealed class Fraction
        {
            public double value;
        }

        /// <summary>A message of which every field differs from its default.</summary>
        static object Filled(Type type)
        {
            if (type == typeof(string)) return "\"花火\"\n";
            if (type == typeof(bool)) return true;
            if (type == typeof(int)) return int.MaxValue;
            if (type == typeof(long)) return long.MinValue;
            if (type == typeof(double)) return 0.1;
            if (type.IsArray)
            {
                var items = Array.CreateInstance(type.GetElementType(), 2);
                items.SetValue(Filled(type.GetElementType()), 0);
                items.SetValue(Filled(type.GetElementType()), 1);
                return items;
            }
            var message = Activator.CreateInstance(type);
            foreach (var field in type.GetFields().Where(field => !field.IsLiteral))
                field.SetValue(message, Filled(field.FieldType));
            return message;
        }

        static void Fails<T>(string text, string why)
        {
            try
            {
                Json.Parse<T>(text);
            }
            catch (FormatException problem)
            {
                Equal(why, problem.Message);
                return;
            }
            True(false, text + " is refused");
        }
    }
}
