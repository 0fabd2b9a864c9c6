-- The state of every button in the running round: its threshold for the active viewers, its count, its fired triggers.
-- The round's hash of counts has, per event type: count, accepted, consumed (sum of what fired triggers took), discarded,
-- returned (presses of triggers that failed), fired, fired_at, began and record (see pacing.lua), people ('<bar> <n>': n
-- viewers are in that bar). For the whole round it has pressers (how many viewers pressed), squares and source_squares (the
-- sums, over viewers and over sources, of (accepted presses)²), by_streamer (presses of the streamer, see fire.lua), resets
-- (how often counts were zeroed), shared_at (when a button fired that keeps a distance from others), and answers (JSON, in
-- few rounds: by event type why the game cannot use a button).
-- A button's bar is what it gathers for a trigger: each trigger and each reset begins the next one. Its number is how many
-- of them were before it.

local buttons = {}

-- Why the game cannot use buttons in the running round, by event type, from the field `answers`.
local NO_REASONS = {}
local decoded_reasons = rules.remembering(function(text) return cjson.decode(text) end)

-- The states without thresholds, which `set_thresholds` sets.
function buttons.read(room, counts)
  local known = rules.of(room)
  local values, number_of = redis.call('HMGET', counts, unpack(known.state_fields)), rooms.number_of
  local states = {
    rules = known,
    numbers = rules.numbers(room),
    squares = tonumber(values[known.whole_at]) or 0,
    source_squares = tonumber(values[known.whole_at + 1]) or 0,
    pressers = tonumber(values[known.whole_at + 2]) or 0,
    counts = counts,
    resets = number_of(values[known.whole_at + 4] or '0'),
    pressed = {}, -- the states of the buttons that are pressed in this call, in the order of their first presses
    shared_at = number_of(values[known.whole_at + 5] or '0'),
    play_time = round_clock.play_time(room),
  }
  for i = 1, #known.buttons do
    local button = known.buttons[i]
    local at = button.read_at
    -- Every press makes these tables: what only some buttons have is set after it. The order is that of rules.lua's `read`.
    local state = {
      button = button,
      count = number_of(values[at] or '0'),
      accepted = number_of(values[at + 1] or '0'),
      fired = number_of(values[at + 2] or '0'),
      gathered = values[at + 3],
      need = 0, -- set later; here so that the table does not grow
    }
    if button.cooldown > 0 then state.fired_at, at = number_of(values[at + 4] or '0'), at + 1 end
    if button.pace > 0 then state.began, state.record = number_of(values[at + 4] or '0'), tonumber(values[at + 5] or 0) end
    states[i] = state
  end
  -- What the game said of its buttons ends with the round.
  local answers = room.status == 'in_game' and values[known.whole_at + 3]
  for event_type, reason in pairs(answers and decoded_reasons(answers) or NO_REASONS) do
    local i = known.index_of[event_type]
    if i then states[i].unavailable = reason end
  end
  return states
end

-- Sets the thresholds for this number of active viewers, which are those of the first band that includes it or of the last
-- one, and each `need`: the threshold, or what its pace makes of it.
function buttons.set_thresholds(states, viewer_count)
  local bands, band = states.rules.bands, 1
  while band < #bands and viewer_count > bands[band].up_to do band = band + 1 end
  local thresholds = bands[band].thresholds
  for i = 1, #states do
    local state = states[i]
    state.need = thresholds[i]
    if state.button.pace > 0 then
      state.threshold = state.need
      state.need = pacing.need(state, viewer_count, states.play_time)
    end
  end
end

function buttons.load(room, counts, viewer_count)
  local states = buttons.read(room, counts)
  buttons.set_thresholds(states, viewer_count)
  return states
end

-- Milliseconds that the button still cools down.
function buttons.cooldown_left(state, now)
  local cooldown = state.button.cooldown
  return cooldown > 0 and state.fired > 0 and server.left(state.fired_at, now, cooldown) or 0
end

-- Milliseconds until a press may fire the button.
function buttons.ready_in(states, state, now)
  if not state.button.waits then return 0 end
  return math.max(buttons.cooldown_left(state, now), pacing.ready_in(state, states.play_time),
    server.left(states.shared_at, now, state.button.distance))
end

local function bar_of(states, state)
  return state.fired + states.resets
end

-- How many people are in the button's bar. The hash may have those of an earlier bar: an older release fires without
-- counting anybody.
local function people_of(states, state)
  if not state.people then
    local bar, people = nil, nil
    if state.gathered then bar, people = string.match(state.gathered, '^(%d+) (%d+)$') end
    state.people = bar and tonumber(bar) == bar_of(states, state) and tonumber(people) or 0
  end
  return state.people
end

-- Counts a viewer with these `presses` among the people of the button's bar, unless it is one of them.
function buttons.add_person(states, state, presses)
  local bar, key = bar_of(states, state), viewers.BARS - states.numbers[state.button.event_type]
  if presses[key] == bar then return end
  presses[key], state.people = bar, people_of(states, state) + 1
end

-- Fires `n` triggers of a button that take so many presses each: numbers them, logs them, nudges the gateway and publishes
-- them to the tap. All people of the bar are in the first one; each further one has the viewer alone. Updates `state`
-- (`save` writes it) and `room.seq`.
-- shot = { viewers, viewer (whose press fires them, '' for the streamer's), name (the viewer's, JSON text), tap (whether to
--          publish to the channel that people read), fired (a list that this appends to) }
function buttons.trigger(room, states, state, n, presses, shot)
  local event_type, by_streamer = state.button.event_type, shot.viewer == ''
  local alone, by = by_streamer and 0 or 1, by_streamer and ',"by_streamer":true' or ''
  local people = math.max(alone, people_of(states, state)) -- an older release counts nobody
  trigger_records.add(room, event_type, presses, n, shot.name, shot.viewer)
  for _ = 1, n do
    local text = log.append(room, function(seq)
      return string.format(
        '{"type":"game_event","room_id":"%s","event_type":"%s","trigger_count":%d,"people":%d,"viewer_count":%d,'
          .. '"viewer_name":%s,"epoch":%d,"seq":%d,"fired_at":%d,"replayed":false%s}',
        room.id, event_type, presses, people, shot.viewers, shot.name, room.epoch, seq, room.now, by)
    end)
    people = alone
    if shot.tap then redis.call('PUBLISH', 'game_events', text) end
    shot.fired[#shot.fired + 1] = event_type
    shot.fired[#shot.fired + 1] = presses
    shot.fired[#shot.fired + 1] = room.seq
  end
  if state.button.distance > 0 then states.shared_at = room.now end
  state.count = state.count - n * presses
  state.fired = state.fired + n
  state.fired_at = room.now
  state.people, state.has_fired = 0, true
  -- Read here: only what fires needs it.
  state.consumed = state.consumed or tonumber(redis.call('HGET', states.counts, state.button.fields.consumed) or 0)
  state.consumed = state.consumed + n * presses
  if state.button.pace > 0 then
    state.began = states.play_time
    state.need = pacing.need(state, shot.viewers, states.play_time)
  end
end

-- Writes the states of the buttons that were pressed.
function buttons.save(states)
  if #states.pressed == 0 then return end
  local changes, n = { 'squares', states.squares, 'source_squares', states.source_squares }, 4
  local function change(field, value)
    changes[n + 1], changes[n + 2], n = field, value, n + 2
  end
  if states.has_new_presser then change('pressers', states.pressers) end
  for _, state in ipairs(states.pressed) do
    local names = state.button.fields
    change(names.count, state.count)
    change(names.accepted, state.accepted)
    if state.has_fired then
      change(names.fired, state.fired)
      change(names.fired_at, state.fired_at)
      change(names.consumed, state.consumed)
      if state.button.pace > 0 then
        change(names.began, state.began)
        change(names.record, state.record)
      end
      if state.button.distance > 0 then change('shared_at', states.shared_at) end
    end
    if state.people then change(names.people, string.format('%d %d', bar_of(states, state), state.people)) end
  end
  redis.call('HSET', states.counts, unpack(changes))
end

-- Each button's account of the round, as JSON arrays for the ledger: see `RoundAccount` in
-- shared/engine/ledger_entries.py. Calls `visit(event_type, accepted)`, if given, for each button.
function buttons.accounts(room, visit)
  local accounts, counts = {}, rooms.round_keys(room, room.round)
  for event_type in string.gmatch(room.types, '[^,]+') do
    local values = redis.call('HMGET', counts, event_type .. ':accepted', event_type .. ':count', event_type .. ':discarded',
      event_type .. ':returned')
    for i = 1, 4 do values[i] = tonumber(values[i] or 0) end
    accounts[#accounts + 1] = string.format('["%s",%d,%d,%d,%d]', event_type, unpack(values))
    if visit then visit(event_type, values[1]) end
  end
  return table.concat(accounts, ',')
end

-- Appends to the ledger what Redis still has of a room, and of its running round: once after each change of history (see
-- server.history).
function buttons.book_renewal(room)
  if room.renewed == 0 then return end
  local log_epochs = {}
  log.each_epoch(room, function(log_epoch, base)
    log_epochs[#log_epochs + 1] = string.format('[%d,%d]', log_epoch, base)
  end)
  local known = table.concat(log_epochs, ',')
  if room.status == 'in_game' then
    local settings = redis.call('HGET', room.key, 'settings')
    rooms.book(room, 'renew', ',%d,[%s],[%s],%s', room.round, known, buttons.accounts(room), settings)
  else
    rooms.book(room, 'idle', ',%d,"%s",[%s]', room.round, room.status, known)
  end
  room.renewed = 0
  redis.call('HSET', room.key, 'renewed', 0)
end

-- The states as one flat reply: event_type, count, fired, need, enabled, cooldown_left, the reason of a button that the game
-- cannot use (nil for others), accepted, ready_in, people (in its bar), for each button.
function buttons.reply(room, states)
  local flat, n = { unpack(states.rules.reply) }, 1 -- what most buttons have stands there
  for i = 1, #states do
    local state = states[i]
    flat[n + 1], flat[n + 2], flat[n + 3], flat[n + 7] = state.count, state.fired, state.need, state.accepted
    flat[n + 9] = people_of(states, state)
    if state.unavailable then flat[n + 6] = state.unavailable end
    if state.button.waits then
      flat[n + 5] = buttons.cooldown_left(state, room.now)
      flat[n + 8] = buttons.ready_in(states, state, room.now)
    end
    n = n + 10
  end
  return flat
end

-- The reply of several functions: ok, round, viewers, ms to gather, states, now (ms).
function buttons.room_reply(room)
  local viewer_count = active.count(room)
  local states = buttons.load(room, (rooms.round_keys(room, room.round)), viewer_count)
  return { 'ok', room.round, viewer_count, send_interval.of(room, viewer_count), buttons.reply(room, states), room.now }
end
