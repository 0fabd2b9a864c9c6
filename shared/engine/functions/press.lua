-- press: counts batches of one room's viewers in one atomic step: one after another, each once, as if each came alone. What
-- costs the same for every batch is done once a call: loading and writing the room and the viewers, marking the viewers
-- active, one entry of the ledger. A batch and its viewer are values, not tables, which would cost more than the rules.
-- ARGV  1 per_address: how many viewers an address counts for  2 tap 1|0
--       3 ledger_limits (see ledger.full)
--       4 items, a list in MessagePack: of each batch: id (the viewer's), name ('' for none), batch_id ('' for none), number
--         (0 for none), sender (the batch_id without its number), address ('' for no limit), how many buttons, and of each
--         of those: event type, presses
--       5 process: the caller's name  6 number of its call, which grows: a call may be sent twice, and come in any order
-- Reply game_not_started
--       | too_late: a later call of the process has counted
--       | game_over, round, final 1|0 (PostgreSQL has the round's end)
--       | ok, round, viewers, ms to gather, states (see buttons.reply), outcomes, outcome_of
--           outcomes: the distinct ones, in MessagePack:
--             0 counted | 1 counted before, results, rejected (clamp, rate, paused, cooldown, disabled, blocked,
--               unavailable; empty for none), fired (button, threshold, seq)…; results (button, accepted, fired)…; a button
--               is its index in `states`, from 0
--             2 the ledger is full | 3 a button that the room does not have, its name
--           outcome_of: a byte for each batch: the index of its outcome, from 0

local COUNTED, COUNTED_BEFORE, LEDGER_FULL, UNKNOWN = 0, 1, 2, 3
local CLAMP, RATE_LIMIT, PAUSED, COOLDOWN, DISABLED, BLOCKED, UNAVAILABLE = 1, 2, 3, 4, 5, 6, 7
local NONE = {}

local FIRST = 7 -- of a batch's items: its first button
local CALL_KNOWN = 30 -- s that a call is known by its number

-- Outcomes.

-- Adds an outcome to those of the call, and returns its index.
local function add_outcome(call, outcome)
  local outcomes = call.outcomes
  outcomes[#outcomes + 1] = outcome
  return #outcomes - 1
end

-- Adds presses that are rejected for a reason to those of a batch, which are nil before the first.
local function reject(rejected, reason, presses)
  if presses == 0 then return rejected end
  rejected = rejected or { 0, 0, 0, 0, 0, 0, 0 }
  rejected[reason] = rejected[reason] + presses
  return rejected
end

-- The results of a batch of which nothing counts; it begins at `at`.
local function no_results(call, at)
  local items, results = call.items, {}
  for i = at + FIRST, at + FIRST + 2 * items[at + 6] - 1, 2 do
    local n = #results
    results[n + 1], results[n + 2], results[n + 3] = call.index_of[items[i]] - 1, 0, 0
  end
  return results
end

-- The outcome of a batch that cannot count: it has no button, or one that the room does not have, or its viewer is blocked,
-- and everything is rejected, even if it was counted before; or nil.
local function settled(call, at, is_blocked)
  local items, rejected = call.items, nil
  if items[at + 6] == 0 then return { COUNTED, NONE, NONE, NONE } end
  for i = at + FIRST, at + FIRST + 2 * items[at + 6] - 1, 2 do
    if not call.index_of[items[i]] then return { UNKNOWN, items[i] } end
    if is_blocked then rejected = reject(rejected, BLOCKED, items[i + 1]) end
  end
  return is_blocked and { COUNTED, no_results(call, at), rejected or NONE, NONE } or nil
end

-- Settles the batches that cannot count. Returns of those that may of which viewer each is, and from which address.
local function reject_invalid(call)
  local items, room, ids, names, seen, at, i = call.items, call.room, {}, {}, {}, 1, 0
  while at < #items do
    i = i + 1
    local id = items[at]
    local outcome, n = settled(call, at, rooms.blocks(room, id)), #ids + 1
    if outcome then
      call.outcome_of[i] = add_outcome(call, outcome)
    else
      ids[n], names[n], call.outcome_of[i] = id, items[at + 5], false
      if seen[id] then
        call.several = call.several or {}
        call.several[id] = { ids = {}, senders = {} }
      end
      seen[id] = true
    end
    at = at + FIRST + 2 * items[at + 6]
  end
  return ids, names
end

-- What a batch counts before, and what the room makes of it.

-- Returns how many presses are accepted, how many triggers fire and why the rest is rejected, as if the presses came
-- one at a time.
local function accept(call, state, presses)
  local missing = math.max(0, state.need - state.count)
  if presses < missing then return presses, 0 end
  if call.paused or call.free_log == 0 then return missing, 0, PAUSED end
  local is_ready = buttons.ready_in(call.states, state, call.room.now) == 0
  if state.button.pace > 0 then return presses, is_ready and 1 or 0 end
  if not is_ready then return missing, 0, COOLDOWN end
  local cools_down = state.button.cooldown > 0
  local most = cools_down and 1 or call.free_log -- triggers; then the button fills to its threshold
  local accepted = math.min(presses, math.max(1, (most + 1) * state.need - state.count))
  local fired = math.min(math.floor((state.count + accepted) / state.need), most)
  return accepted, fired, cools_down and COOLDOWN or PAUSED
end

local function list_at(call, key, of)
  local list = call.lists[key]
  if not list then
    list = tops.open(key, of, call.states.pressers, call.room.now)
    call.lists[key] = list
  end
  return list
end

-- Prepares a button for its first presses in this call: its index in the ledger's entry, and the top lists.
local function prepare(call, state)
  local event_type, team = state.button.event_type, state.button.team
  local pressed, of_team = call.states.pressed, viewers.TEAMS[team]
  state.entry = {
    index = #pressed,
    of_all = list_at(call, call.all, viewers.ALL),
    of_button = list_at(call, tops.of_button(call.all, event_type), call.states.numbers[event_type]),
    of_team = of_team and list_at(call, team == 'skill' and call.skill or call.enemy, of_team),
  }
  pressed[#pressed + 1] = state
end

-- Adds a viewer's accepted presses of a button to its count, to what the viewer pressed (of all buttons, of this one, of
-- its team), to the address's, and to the sums of squares.
local function add(call, state, accepted, id, presses, from)
  local states = call.states
  if not state.entry then prepare(call, state) end
  local entry = state.entry
  local pressed = tops.enter(entry.of_all, id, presses, accepted)
  tops.enter(entry.of_button, id, presses, accepted)
  if entry.of_team then tops.enter(entry.of_team, id, presses, accepted) end
  if pressed == accepted then states.pressers, states.has_new_presser = states.pressers + 1, true end
  if from then from.pressed = from.pressed + accepted end
  state.accepted, state.count = state.accepted + accepted, state.count + accepted
  states.squares = states.squares + accepted * (2 * pressed - accepted)
  states.source_squares = states.source_squares + accepted * (2 * (from and from.pressed or pressed) - accepted)
  buttons.add_person(states, state, presses)
end

local function json_name(name)
  return name == '' and 'null' or cjson.encode(name)
end

-- Fires triggers of a button, and appends them to the batch's (event type, threshold, seq)…, which are nil before the first.
-- With a pace a trigger takes all presses, and sets the record. What remains of the viewer's `presses` is in the next bar.
local function fire(call, state, triggers, fired, id, name, presses)
  local room, has_pace = call.room, state.button.pace > 0
  local needed = has_pace and state.count or state.need
  fired = fired or {}
  if has_pace then state.record = pacing.record(state, needed, call.states.play_time) end
  buttons.trigger(room, call.states, state, triggers, needed, {
    viewers = call.viewer_count, tap = call.tap, fired = fired,
    viewer = id, name = room.show_names == 1 and json_name(name) or 'null',
  })
  if state.count > 0 then buttons.add_person(call.states, state, presses) end
  call.free_log = rooms.free_log(room)
  call.fired = true
  return fired
end

-- Counts the presses of a batch that begins at `at`; the viewer has so many `tokens` and `presses`. Leaves (button,
-- accepted, triggers)… in call.results. Returns the tokens left, what is rejected and what fired (nil for none), the batch's
-- buttons for the ledger ('' if nothing counts), and how many values the results have.
local function press(call, at, id, name, from, tokens, presses)
  local items, states, results, n, rejected, fired, counted = call.items, call.states, call.results, 1, nil, nil, ''
  for i = at + FIRST, at + FIRST + 2 * items[at + 6] - 1, 2 do
    local state, asked, accepted, triggers, reason = states[call.index_of[items[i]]], items[i + 1], 0, 0, nil
    if not state.button.enabled then
      rejected = reject(rejected, DISABLED, asked)
    elseif state.unavailable then
      rejected = reject(rejected, UNAVAILABLE, asked)
    else
      local clamped = math.min(asked, call.per_request)
      local paid = math.min(clamped, math.floor(tokens / 1000))
      if from then
        paid = math.min(paid, math.floor(from.tokens / 1000))
        from.tokens = from.tokens - paid * 1000
      end
      tokens = tokens - paid * 1000
      if paid > 0 then accepted, triggers, reason = accept(call, state, paid) end
      if accepted < asked then
        rejected = reject(rejected, CLAMP, asked - clamped)
        rejected = reject(rejected, RATE_LIMIT, clamped - paid)
        rejected = reject(rejected, reason, paid - accepted)
      end
      if accepted > 0 then
        add(call, state, accepted, id, presses, from)
        if triggers > 0 then fired = fire(call, state, triggers, fired, id, name, presses) end
        counted = counted .. (counted == '' and '[' or ',[') .. state.entry.index .. ',' .. accepted .. ']'
      end
    end
    results[n], results[n + 1], results[n + 2] = state.button.index, accepted, triggers
    n = n + 3
  end
  return tokens, rejected, fired, counted, n - 1
end

-- The triggers of a batch (event type, threshold, seq)… for its ledger entry.
local function json_fired(flat)
  local texts = {}
  for i = 1, #flat, 3 do texts[#texts + 1] = string.format('["%s",%d,%d]', unpack(flat, i, i + 2)) end
  return table.concat(texts, ',')
end

-- Notes a batch for the call's ledger entry: see shared/engine/ledger_entries.py. `counted` lists its buttons. The name is
-- noted if it is new in the round's ledger or if a trigger fired. Returns whether the ledger has the name.
local function note(call, id, name, named, counted, fired)
  local more = ''
  if fired or (name ~= '' and not named) then
    named = name ~= ''
    more = ',' .. json_name(name)
  end
  if fired then more = more .. ',[' .. json_fired(fired) .. ']' end
  call.noted[#call.noted + 1] = '["' .. id .. '",[' .. counted .. ']' .. more .. ']'
  return named
end

-- The triggers of a batch for its outcome: with the buttons' indexes in place of event types.
local function with_indexes(call, fired)
  local flat = {}
  for i = 1, #fired, 3 do
    flat[i], flat[i + 1], flat[i + 2] = call.index_of[fired[i]] - 1, fired[i + 1], fired[i + 2]
  end
  return flat
end

-- The index of the outcome of a batch that was counted now, and the outcome as its viewer remembers it. Most batches have
-- one button, nothing rejected and nothing fired: those with the same share both.
local function new_outcome(call, length, rejected, fired)
  local results, key = call.results, nil
  if length == 3 and not rejected and not fired then key = results[1] * 256 + results[2] end
  if key and call.shared[key] then return call.shared[key], call.packed[key] end
  local shown = { unpack(results, 1, length) }
  local outcome = { COUNTED, shown, rejected or NONE, fired and with_indexes(call, fired) or NONE }
  local index, packed = add_outcome(call, outcome), dedup.packed(call.states, rejected, results, length)
  if key then call.shared[key], call.packed[key] = index, packed end
  return index, packed
end

-- The index of the outcome of a batch that was counted before.
local function known_outcome(call, at, packed)
  if packed == dedup.OVERTAKEN then
    return add_outcome(call, { COUNTED_BEFORE, no_results(call, at), NONE, NONE })
  end
  local results, rejected = dedup.unpacked(call.states, packed)
  return add_outcome(call, { COUNTED_BEFORE, results, rejected or NONE, NONE })
end

-- Counts the batch that begins at `at`, unless it was counted before or the ledger is full. `value` is its viewer's. Returns
-- the index of its outcome and, if it counts, the viewer's new value.
local function count(call, at, id, value)
  local items, room, from = call.items, call.room, call.addresses[call.items[at + 5]]
  local new_name, batch_id, batch_no, batch_sender = items[at + 1], items[at + 2], items[at + 3], items[at + 4]
  local of_round, tokens, filled_at, name, named, seat_at, seat_of, presses, sender, number, outcome, remembered =
    viewers.unpacked(value, room.round, room.now)
  local known
  if batch_no > 0 then
    known = dedup.recall_number(remembered, sender, number, outcome, batch_sender, batch_no)
  elseif batch_id ~= '' then
    known = dedup.recall_id(remembered, batch_id, room.now)
  end
  -- In a call, a viewer may have more batches than it remembers.
  local several = batch_id ~= '' and call.several and call.several[id]
  local sent_as = batch_no > 0 and batch_sender or batch_id
  local earlier = several and (batch_no > 0 and several.senders or several.ids)
  local last = earlier and earlier[sent_as]
  if last then known = batch_no == last.number and last.packed or batch_no < last.number and dedup.OVERTAKEN or known end
  if known then return known_outcome(call, at, known) end
  if call.full then return add_outcome(call, { LEDGER_FULL }) end
  if from then addresses.refill(from, call.per_address, call.burst, room.now) end
  local latest_name = new_name ~= '' and new_name or name
  tokens = math.min(call.burst * 1000, tokens + math.max(0, room.now - filled_at) * viewers.RATE)
  local left, rejected, fired, counted, length = press(call, at, id, latest_name, from, tokens, presses)
  if counted ~= '' then
    named = note(call, id, latest_name, named and latest_name == name, counted, fired)
    name = latest_name
  end
  local index, packed = new_outcome(call, length, rejected, fired)
  if batch_no > 0 then
    if sender ~= batch_sender then
      remembered = dedup.remember_sender(remembered, sender, number, outcome, batch_sender)
    end
    sender, number, outcome = batch_sender, batch_no, packed
  elseif batch_id ~= '' then
    remembered = dedup.remember_id(remembered, batch_id, room.now, packed)
  end
  if earlier then earlier[sent_as] = { number = batch_no, packed = packed } end
  if call.seat_tags[id] then seat_at, seat_of = math.floor(room.now / 1000), call.seat_tags[id] end
  if of_round ~= room.round then call.any_new = true end
  return index, viewers.packed(room.round, left, room.now, name, named, seat_at, seat_of, presses, sender, number, outcome,
    remembered)
end

-- Appends the call's entry to the ledger, with the buttons' totals and counts after it.
local function book(call)
  local room, totals = call.room, {}
  if #call.noted == 0 then return end
  for i, state in ipairs(call.states.pressed) do
    totals[i] = string.format('["%s",%d,%d]', state.button.event_type, state.accepted, state.count)
  end
  rooms.book(room, 'batches', ',%d,%d,%d,[%s],[%s]', room.round, call.viewer_count, room.epoch, table.concat(totals, ','),
    table.concat(call.noted, ','))
end

-- Writes what the batches changed, once for all of them.
local function close(call, ids, values)
  local room = call.room
  local is_new_seated = viewers.seat(room, ids, values, call.seat_tags, call.changed)
  buttons.save(call.states)
  viewers.write(room, call.changed, call.any_new or is_new_seated)
  addresses.save(room, call.addresses)
  for key, list in pairs(call.lists) do
    if tops.close(list) and key == call.all then redis.call('EXPIRE', call.counts, server.ROUND_TTL) end
  end
  if call.fired then log.close(room) end
  active.publish(room, call.viewer_count)
  watchers.nudge(room)
end

-- The reply to a call that has counted before, or nil if it has not. Its outcomes name buttons by their indexes: if the
-- room's rules have changed since, nobody knows which these were.
local function known_reply(room, call_key, number)
  local stored = redis.call('GET', call_key)
  local last, digest, outcomes, outcome_of = unpack(stored and { cmsgpack.unpack(stored) } or NONE)
  if not last or last < number then return nil end
  if last > number then return { TOO_LATE } end
  if digest ~= rules.of(room).digest then
    outcomes, outcome_of = cmsgpack.pack({ { COUNTED, NONE, NONE, NONE } }), string.rep('\0', #outcome_of)
  end
  local reply = buttons.room_reply(room)
  reply[6], reply[7] = outcomes, outcome_of
  return reply
end

rooms.register('press', function(room, args)
  local per_address, tap, ledger_limits, items, process, number =
    tonumber(args[1]), args[2] == '1', args[3], cmsgpack.unpack(args[4]), args[5], tonumber(args[6])
  local call_key = room.key .. ':call:' .. process
  local known = known_reply(room, call_key, number)
  if known then return known end
  if room.status == 'ended' then
    local is_booked = ledger.passed(room.ledger, redis.call('HGET', room.key, 'end_entry'))
    return { 'game_over', room.round, is_booked and 1 or 0 }
  end
  if round_clock.is_over(room) then return { 'game_over', room.round, 0 } end
  -- A press opens only the room's first round, and only while its game is connected.
  local opens = room.status == 'active' and rules.of(room).starts_on_press and rooms.connected(room)
  if room.status ~= 'in_game' and not opens then return { 'game_not_started' } end
  local counts_key, all_key, skill_key, enemy_key = rooms.round_keys(room, opens and room.round + 1 or room.round)
  local states = buttons.read(room, counts_key)
  local call = {
    room = room, items = items, states = states, per_address = per_address, tap = tap, index_of = states.rules.index_of,
    counts = counts_key, all = all_key, skill = skill_key, enemy = enemy_key,
    outcomes = {}, outcome_of = {}, shared = {}, packed = {}, results = {}, lists = {}, noted = {},
    changed = {}, addresses = NONE, seat_tags = NONE,
  }
  local ids, names = reject_invalid(call)
  local values = #ids > 0 and viewers.read(room, ids) or NONE
  call.full = #ids > 0 and ledger.full(room.ledger, ledger_limits)
  local may_count = #ids > 0 and not call.full -- everything is read before the first write
  if may_count then
    rooms.renew_log_epoch(room)
    if opens then
      local began = rooms.open_round(room, true)
      for _, state in ipairs(states) do state.began = began[state.button.event_type] or 0 end
    end
    buttons.book_renewal(room)
    call.viewer_count, call.addresses, call.seat_tags = addresses.mark_active(room, ids, values, names, per_address)
  else
    call.viewer_count = active.count(room)
  end
  buttons.set_thresholds(states, call.viewer_count)
  local gather = send_interval.of(room, call.viewer_count)
  call.per_request, call.burst = send_interval.per_request(room, gather)
  call.paused, call.free_log = rooms.paused(room), rooms.free_log(room)
  local outcome_of, at, next_one = call.outcome_of, 1, 1
  for i = 1, #outcome_of do
    if not outcome_of[i] then
      local id = ids[next_one]
      local index, changed = count(call, at, id, call.changed[id] or values[next_one])
      outcome_of[i], next_one = index, next_one + 1
      if changed then call.changed[id] = changed end
    end
    at = at + FIRST + 2 * items[at + 6]
  end
  local outcomes, indexes = cmsgpack.pack(call.outcomes), string.char(unpack(outcome_of))
  if may_count then
    send_interval.remember(room, call.viewer_count)
    book(call)
    close(call, ids, values)
    redis.call('SET', call_key, cmsgpack.pack(number, states.rules.digest, outcomes, indexes), 'EX', CALL_KNOWN)
  end
  return { 'ok', room.round, call.viewer_count, gather, buttons.reply(room, states), outcomes, indexes }
end)
