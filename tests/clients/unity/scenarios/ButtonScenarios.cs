using System;
using System.Collections.Generic;
using UnityEngine;
using static Streamario.Tests.Scenario;
using static Streamario.Tests.Scenes;

namespace Streamario.Tests
{
    /// <summary>Handlers of single buttons.</summary>
    static class ButtonScenarios
    {
        public static void A_handler_of_one_button_hears_that_button_alone()
        {
            var stage = Stage.InRoom();
            var skills = new List<long>();
            var enemies = new List<long>();
            stage.Client.On("skill1", trigger => skills.Add(trigger.seq));
            stage.Client.On("enemy1", trigger => enemies.Add(trigger.seq));
            stage.Socket.BringTrigger(1);
            stage.Step();
            Same(skills, 1L);
            Equal(0, enemies.Count);
        }

        public static void A_handler_of_one_button_goes_as_often_as_it_came()
        {
            var stage = Stage.InRoom();
            var heard = new List<long>();
            Action<ViewerTrigger> hear = trigger => heard.Add(trigger.seq);
            stage.Client.On("skill1", hear);
            stage.Client.On("skill1", hear);
            stage.Client.Off("enemy1", hear);
            stage.Client.Off("skill1", hear);
            stage.Socket.BringTrigger(1);
            stage.Step();
            stage.Client.Off("skill1", hear);
            stage.Client.Off("skill1", hear);
            stage.Socket.BringTrigger(2);
            stage.Step();
            Same(heard, 1L);
            Same(stage.Triggers, 1L, 2L);
        }

        public static void A_destroyed_script_is_not_called_for_its_button()
        {
            var level = InRoom();
            var script = On<Painter>(new GameObject());
            level.Client.Game.On("skill1", script.Paint);
            Socket.BringTrigger(1);
            Playing.Frame();
            UnityEngine.Object.Destroy(script.gameObject);
            Playing.Frame();
            Socket.BringTrigger(2);
            Playing.Frame();
            Same(script.Painted, 1L);
            Same(level.Painter.Painted, 1L, 2L);
        }
    }
}
