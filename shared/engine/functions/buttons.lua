-- The state of every button in the running round: its threshold for the active viewers, its count, its fired triggers.
-- The round's hash of counts has, per event type: count, accepted, consumed (sum of the thresholds of fired triggers),
-- discarded, returned (presses of triggers that failed), fired, fired_at, pace (see pacing.lua). For the whole round it has
-- pressers (how many viewers pressed), squares and source_squares (the sums, over viewers and over sources, of (accepted
-- presses)²), and answers (see answers.lua).

local buttons = {}

-- The states without thresholds, which `set_thresholds` sets.
function buttons.read(room, counts)
  local known, numbers = rules.of(room), rules.numbers(room)
  local values = redis.call('HMGET', counts, unpack(known.state_fields))
  local states = {
    squares = tonumber(values[known.whole_at]) or 0,
    source_squares = tonumber(values[known.whole_at + 1]) or 0,
    pressers = tonumber(values[known.whole_at + 2]) or 0,
    weighed = false,
  }
  -- What the game said of its buttons ends with the round.
  local unavailable, waiting = answers.of(room.status == 'in_game' and values[known.whole_at + 3])
  for i, button in ipairs(known.buttons) do
    local at, pace_ms = button.read_at, button.pace
    local cooldown_at = button.cooldown > 0 and at + 3
    local pace = pace_ms > 0 and pacing.unpacked(values[(cooldown_at or at + 2) + 1])
    local state = {
      button = button,
      place = i - 1,
      number = numbers[button.event_type],
      count = number_of(values[at] or '0'),
      accepted = number_of(values[at + 1] or '0'),
      fired = number_of(values[at + 2] or '0'),
      fired_at = cooldown_at and number_of(values[cooldown_at] or '0') or 0,
      pace = pace,
      unavailable = unavailable[button.event_type] or false, -- the game's reason
      waiting = waiting[button.event_type] or false, -- presses came back since the last press
      triggers_left = pace_ms > 0 and pacing.triggers_now(pace, pace_ms, room.now), -- in this call
      -- Set later; here so that the table does not grow.
      classic = 0, threshold = 0, held = false, pressed = false, consumed = false, index = false, lists = false,
    }
    states[i] = state
  end
  return states
end

-- Sets the thresholds for this number of active viewers.
function buttons.set_thresholds(room, states, viewer_count)
  local by = rules.factor(room, math.max(1, viewer_count))
  for _, state in ipairs(states) do
    state.classic = rules.threshold(state.button, by)
    state.threshold = state.pace and pacing.goal(state, state.classic, room.now) or state.classic
  end
end

function buttons.load(room, counts, viewer_count)
  local states = buttons.read(room, counts)
  buttons.set_thresholds(room, states, viewer_count)
  return states
end

-- Milliseconds that the button still cools down.
function buttons.cooling_left(state, now)
  local cooldown = state.button.cooldown
  if cooldown == 0 or not server.near(state.fired_at, now, cooldown) then return 0 end
  return math.min(cooldown, state.fired_at + cooldown - now)
end

-- Milliseconds until the button may fire again: it cools down, or is held.
function buttons.cooldown_left(state, now)
  return math.max(buttons.cooling_left(state, now), state.pace and pacing.held_for(state, now) or 0)
end

-- Whether the button may fire without a press. What a failed trigger gave back waits for a press.
function buttons.is_full(state, now)
  return state.button.enabled and not state.unavailable and not state.waiting and state.count >= state.threshold
    and buttons.cooldown_left(state, now) == 0
end

-- Updates the sums of squares. `by_viewer` and `by_source` are the totals of the viewer and of its source after these
-- presses.
function buttons.weigh(states, by_viewer, by_source, presses)
  states.squares = states.squares + presses * (2 * by_viewer - presses)
  states.source_squares = states.source_squares + presses * (2 * by_source - presses)
  states.weighed = true
end

-- Adds presses to the button's count and to `accepted`, its total in the round; `save` writes both.
function buttons.add(state, presses)
  state.accepted = state.accepted + presses
  state.count = state.count + presses
  state.pressed = true
end

-- Fires `n` triggers of a button: numbers them, logs them, nudges the gateway and publishes them to the tap. Updates
-- `state` (`save` writes it) and `room.seq`.
-- shot = { log, viewers, viewer (whose press fires them, '' if nobody's), name (the viewer's, JSON text), tap (whether to
--          publish to the channel that people read), fired (a list that this appends to) }
function buttons.fire(room, state, n, shot)
  if n == 0 then return end
  local event_type = state.button.event_type
  trigger_records.add(room, state, n, shot.name, shot.viewer)
  for _ = 1, n do
    local text = log.append(room, function(seq)
      return string.format(
        '{"type":"game_event","room_id":"%s","event_type":"%s","trigger_count":%d,"viewer_count":%d,'
          .. '"viewer_name":%s,"epoch":%d,"seq":%d,"fired_at":%d,"replayed":false}',
        room.id, event_type, state.threshold, shot.viewers, shot.name, room.epoch, seq, room.now)
    end)
    if shot.tap then redis.call('PUBLISH', 'game_events', text) end
    shot.fired[#shot.fired + 1] = event_type
    shot.fired[#shot.fired + 1] = state.threshold
    shot.fired[#shot.fired + 1] = room.seq
  end
  state.count = state.count - n * state.threshold
  state.fired = state.fired + n
  state.fired_at = room.now
  state.triggers_left = state.triggers_left and state.triggers_left - n
  state.consumed = (state.consumed or 0) + n * state.threshold -- since the state was loaded
end

-- Writes the states that `add` and `fire` changed; sets the goals of their buttons with a pace.
function buttons.save(room, counts, states)
  local changes, n = {}, 0
  for _, state in ipairs(states) do
    local names = state.button.fields
    local was_used = state.pressed or state.consumed
    if state.button.pace > 0 and (was_used or state.held) then
      if was_used then pacing.close(state, room.now) end
      changes[n + 1], changes[n + 2] = names.pace, pacing.packed(state.pace)
      n = n + 2
    end
    if state.waiting and state.pressed then
      answers.set(counts, 'waiting', state.button.event_type, nil)
      state.waiting = false
    end
    if state.pressed then
      changes[n + 1], changes[n + 2], changes[n + 3], changes[n + 4] =
        names.count, state.count, names.accepted, state.accepted
      n = n + 4
    end
    if state.consumed then
      changes[n + 1], changes[n + 2], changes[n + 3], changes[n + 4], changes[n + 5], changes[n + 6] =
        names.count, state.count, names.fired, state.fired, names.fired_at, state.fired_at
      n = n + 6
      redis.call('HINCRBY', counts, names.consumed, state.consumed)
    end
  end
  if states.weighed then
    changes[n + 1], changes[n + 2], changes[n + 3], changes[n + 4], changes[n + 5], changes[n + 6] =
      'squares', states.squares, 'source_squares', states.source_squares, 'pressers', states.pressers
  end
  if #changes > 0 then redis.call('HSET', counts, unpack(changes)) end
end

local ACCOUNT = { 'accepted', 'count', 'discarded', 'returned' }

-- Each button's account of the round, as JSON arrays for the ledger: see `RoundAccount` in
-- shared/engine/ledger_entries.py. Calls `visit(event_type, accepted)`, if given, for each button.
function buttons.accounts(types, counts, visit)
  local accounts = {}
  local unavailable, waiting = answers.of(redis.call('HGET', counts, 'answers'))
  for event_type in string.gmatch(types, '[^,]+') do
    local names, figures = {}, {}
    for i, field in ipairs(ACCOUNT) do names[i] = event_type .. ':' .. field end
    local values = redis.call('HMGET', counts, unpack(names))
    for i = 1, 4 do figures[i] = tonumber(values[i] or 0) end
    accounts[#accounts + 1] = string.format('["%s",%d,%d,%d,%d,%d,%s]', event_type, figures[1], figures[2],
      figures[3], figures[4], waiting[event_type] and 1 or 0,
      unavailable[event_type] and cjson.encode(unavailable[event_type]) or 'null')
    if visit then visit(event_type, figures[1]) end
  end
  return table.concat(accounts, ',')
end

-- Appends to the ledger what Redis still has of a running round: once after each change of history (see
-- server.history).
function buttons.book_renewal(room, counts, at)
  if room.renewed == 0 then return end
  local log_epochs = {}
  log.each_epoch(room, function(log_epoch, base)
    log_epochs[#log_epochs + 1] = string.format('[%d,%d]', log_epoch, base)
  end)
  local kept = redis.call('HMGET', room.key, 'types', 'settings')
  ledger.append(at, room.now, string.format('["renew","%s",%d,%d,%d,[%s],[%s],%s,%d]', room.id, room.now, room.round,
    room.paused, table.concat(log_epochs, ','), buttons.accounts(kept[1], counts), kept[2], round_clock.ran(room)))
  room.renewed = 0
  redis.call('HSET', room.key, 'renewed', 0)
end

-- The states as one flat reply: event_type, count, fired, threshold, enabled, cooldown_left, the reason of a button that the
-- game cannot use (nil for others), for each button.
function buttons.reply(room, states)
  local flat, n = { unpack(rules.of(room).reply) }, 1 -- the event types and `enabled` stand there
  for _, state in ipairs(states) do
    flat[n + 1], flat[n + 2], flat[n + 3] = state.count, state.fired, state.threshold
    flat[n + 5], flat[n + 6] = buttons.cooldown_left(state, room.now), state.unavailable
    n = n + 7
  end
  return flat
end
