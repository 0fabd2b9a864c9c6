using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The results of a round without a server.</summary>
    static class LoopbackSummary
    {
        public static GameEndSummary Of(int round, IReadOnlyList<LoopbackButton> buttons)
        {
            var all = Total(buttons, null);
            return new GameEndSummary
            {
                room_id = LoopbackRoom.Id,
                round = round,
                top_overall = all,
                team_tops = new TeamTops
                {
                    all = all,
                    skill = Total(buttons, "skill"),
                    enemy = Total(buttons, "enemy"),
                },
                top_by_button = Tops(buttons),
                event_totals = Totals(buttons),
            };
        }

        // Of one team, or of all buttons; null if nobody pressed.
        static Top Total(IReadOnlyList<LoopbackButton> buttons, string team)
        {
            var totals = new Dictionary<string, Top>();
            foreach (var button in buttons)
                if (team == null || button.Look.team == team) Add(totals, button.Pressers.Values);
            return Best(totals.Values);
        }

        static void Add(Dictionary<string, Top> totals, IEnumerable<Top> pressers)
        {
            foreach (var presser in pressers)
            {
                Top total;
                if (!totals.TryGetValue(presser.viewer_id, out total))
                    totals[presser.viewer_id] = total = new Top { viewer_id = presser.viewer_id };
                total.viewer_name = presser.viewer_name;
                total.count += presser.count;
            }
        }

        static Top Best(IEnumerable<Top> pressers)
        {
            Top best = null;
            foreach (var presser in pressers)
                if (best == null || presser.count > best.count) best = presser;
            return best;
        }

        static ButtonTop[] Tops(IReadOnlyList<LoopbackButton> buttons)
        {
            var tops = new List<ButtonTop>();
            foreach (var button in buttons)
            {
                var best = Best(button.Pressers.Values);
                if (best == null) continue;
                tops.Add(new ButtonTop
                {
                    event_type = button.Look.event_type,
                    viewer_id = best.viewer_id,
                    viewer_name = best.viewer_name,
                    count = best.count,
                });
            }
            return tops.ToArray();
        }

        static EventTotal[] Totals(IReadOnlyList<LoopbackButton> buttons)
        {
            var totals = new List<EventTotal>();
            foreach (var button in buttons)
                totals.Add(new EventTotal { event_type = button.Look.event_type, count = button.Accepted });
            return totals.ToArray();
        }
    }
}
