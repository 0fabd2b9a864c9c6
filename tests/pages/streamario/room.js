/** What servers say of a room, with the values that a test changes. */

export const setting = (eventType, values) => ({
  ...{ event_type: eventType, team: "skill", labels: [{ lang: "en", text: eventType }], icon: "★", image: "" },
  ...{ sound: "", color: "#112233", pace_ms: 0, cooldown_ms: 500, weight: 2, enabled: true },
  ...{ min: 1, base: 10, max: 100 },
  ...values,
});

export const settings = (buttons, values) => ({
  ...{ title: "Duel", show_names: true, theme: { accent: "#ff0000", team_names: {} }, triggers_per_minute: 12 },
  ...{ starts: "game", round_limit_s: 0, buttons },
  ...values,
});

export const stat = (eventType, count, values) => ({
  ...{ event_type: eventType, current_count: count, current_level: 0, required_count: 10, accepted: count },
  ...{ enabled: true, available: true, reason: null, cooldown_left_ms: 0, ready_in_ms: 0 },
  ...values,
});

export const INVITATION = { url: "http://api/play/r", reach: "network", lasts: true, handle: null };

export const room = (values) => ({
  ...{ status: "in_game", round: 1, paused: false, game_connected: true, viewer_count: 3, code: "ABCD" },
  ...{ settings: settings([setting("a"), setting("b")]), ws_viewer_url: "ws://gateway" },
  ...{ invitation: { ...INVITATION }, next_room_id: null },
  ...values,
});

export const stats = (list, values) => ({ stats: list, viewer_count: 3, send_every_ms: 300, ...values });

/** An outbox in place of the real one: unsent presses, and presses that wait for their answer. */
export const pending = (unsent = {}, tried = {}) => ({
  pressesOf(eventType, isMeant = () => true) {
    const all = [
      { isTried: false, presses: unsent },
      { isTried: true, presses: tried },
    ];
    return all.filter(isMeant).reduce((total, { presses }) => total + (presses[eventType] ?? 0), 0);
  },
});
