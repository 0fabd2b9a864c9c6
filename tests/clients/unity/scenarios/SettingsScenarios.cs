using System;
using System.Collections.Generic;
using static Streamario.Tests.Scenario;

namespace Streamario.Tests
{
    static class SettingsScenarios
    {
        public static void Only_what_is_set_is_sent()
        {
            var stage = Stage.InRoom();
            stage.Client.ChangeSettings(new RoomSettings { TriggersPerMinute = 2.5 });
            stage.Client.ChangeSettings(new RoomSettings());
            Same(
                stage.Sent("settings"),
                "{\"type\":\"settings\",\"triggers_per_minute\":2.5}",
                "{\"type\":\"settings\"}");
        }

        public static void All_settings_have_the_names_of_the_wire()
        {
            var settings = new RoomSettings
            {
                Title = "Boss \"1\"\n\\ 花火", ShowNames = false, OnDisconnect = "hold", Starts = "press",
                TriggersPerMinute = 0, RoundLimit = 90,
                Buttons = new List<ButtonSettings>
                {
                    new ButtonSettings("skill1", 5).Label("en", "Jump").Label("ja", "跳ぶ"),
                    new ButtonSettings
                    {
                        EventType = "e", Team = "enemy", Icon = "✨", Color = "#4b93ff", Image = "I", Sound = "S",
                        Enabled = true, Base = 1, Min = 2, Max = 3, CooldownMs = 4, PaceMs = 5, Weight = 0.25,
                    },
                },
            };
            Equal(
                "{\"title\":\"Boss \\\"1\\\"\\u000a\\\\ 花火\",\"show_names\":false,\"on_disconnect\":\"hold\","
                + "\"starts\":\"press\",\"triggers_per_minute\":0,\"round_limit_s\":90,\"buttons\":["
                + "{\"event_type\":\"skill1\",\"labels\":[{\"lang\":\"en\",\"text\":\"Jump\"},"
                + "{\"lang\":\"ja\",\"text\":\"跳ぶ\"}],\"base\":5,\"min\":5,\"max\":5},"
                + "{\"event_type\":\"e\",\"team\":\"enemy\",\"icon\":\"✨\",\"color\":\"#4b93ff\",\"image\":\"I\","
                + "\"sound\":\"S\",\"enabled\":true,\"base\":1,\"min\":2,\"max\":3,\"cooldown_ms\":4,\"pace_ms\":5,"
                + "\"weight\":0.25}]}",
                settings.ToJson());
        }

        public static void A_number_that_JSON_has_not_is_refused_with_its_name()
        {
            try
            {
                new RoomSettings { TriggersPerMinute = double.NaN }.ToJson();
            }
            catch (ArgumentOutOfRangeException problem)
            {
                Equal("triggers_per_minute", problem.ParamName);
                return;
            }
            True(false, "it is refused");
        }
    }
}
