-- press: counts batches of one room's viewers, each batch once, all in one atomic step. What costs the same for every
-- batch is done once a call: loading and writing the room and the viewers, marking the viewers active, one entry of the
-- ledger. What viewers do (who they are, what was counted before, what each may press) and what the room makes of it
-- (counts, triggers) meet in `count`.
-- ARGV  1 per_address: how many viewers an address counts for  2 tap 1|0
--       3 ledger_limits (see ledger.full)
--       4 items, a list in MessagePack: of each batch: id (the viewer's), name ('' for none), batch_id, number (0 for
--         none), sender (the batch_id without its number), address ('' for no limit), how many buttons, and of each of
--         those: event type, presses
-- Reply game_not_started
--       | game_over, round, final 1|0 (PostgreSQL has the round's end)
--       | ok, round, viewers, ms to gather, states (see buttons.reply), outcomes, in MessagePack: of each batch
--           0 counted | 1 counted before, results, rejected (clamp, rate, paused, cooldown, disabled, blocked,
--             unavailable; empty for none), fired (button, threshold, seq)…; results (button, accepted, fired)…; a button is
--             its index in `states`, from 0
--           2 the ledger is full | 3 a button that the room does not have, its name

local COUNTED, COUNTED_BEFORE, LEDGER_FULL, UNKNOWN = 0, 1, 2, 3
local CLAMP, RATE_LIMIT, PAUSED, COOLDOWN, DISABLED, BLOCKED, UNAVAILABLE = 1, 2, 3, 4, 5, 6, 7
local NONE = {}

-- Who sends the batches, and what was counted before.

-- Returns the batches. What a batch asks for are the items from `first_item` to `last_item`: event type, presses…. Fields
-- that are set later stand here too, because a Lua table that is made in its full size costs much less than one that grows.
local function read_batches(items)
  local batches, at = {}, 1
  while at < #items do
    local first = at + 7
    local last = first + 2 * items[at + 6] - 1
    batches[#batches + 1] = {
      id = items[at], name = items[at + 1], batch_id = items[at + 2], number = items[at + 3], sender = items[at + 4],
      address = items[at + 5], first_item = first, last_item = last, new = false,
      viewer = false, from = false, unknown = false, blocked = false, known = false, before = false, earlier = false,
      rejected = false, fired = false, outcome = false,
    }
    at = last + 1
  end
  return batches
end

-- The distinct values of a field of batches that are not ''.
local function distinct(batches, field)
  local list, seen = {}, {}
  for i = 1, #batches do
    local value = batches[i][field]
    if value ~= '' and not seen[value] then
      list[#list + 1], seen[value] = value, true
    end
  end
  return list
end

-- Which of these viewers are blocked, as a set.
local function blocked_of(step, ids)
  local blocked = {}
  if step.room.blocked == 0 then return blocked end
  for i, is_blocked in ipairs(redis.call('SMISMEMBER', step.room.keys.blocked, unpack(ids))) do
    blocked[ids[i]] = is_blocked == 1
  end
  return blocked
end

-- The same batch earlier in this call, or false. Most viewers have one batch in a call.
local function earlier_of(batch)
  local other = batch.viewer.last_batch
  while other do
    local same_sender = batch.number > 0 and other.sender == batch.sender or other.batch_id == batch.batch_id
    if other.number == batch.number and same_sender then return other end
    other = other.before
  end
  return false
end

-- Classifies a batch: `unknown`; `blocked`; `known` (the remembered outcome) if it was counted before; `earlier` (the
-- earlier one) if this call has it twice; else `new`, unless the ledger is full. All batches are classified before the
-- first is counted, because counting a batch makes its viewer forget an older one.
local function classify(step, batch, blocked)
  if batch.last_item < batch.first_item then return end
  for i = batch.first_item, batch.last_item, 2 do
    if not step.index_of[step.items[i]] then
      batch.unknown = step.items[i]
      return
    end
  end
  batch.blocked = blocked[batch.id] or false
  if batch.blocked then return end
  batch.known = dedup.recall(step, batch) or false
  if batch.known then return end
  batch.earlier = earlier_of(batch)
  batch.before, batch.viewer.last_batch = batch.viewer.last_batch, batch
  if step.full == nil then step.full = ledger.full(step.room.ledger, step.ledger_limits) end
  batch.new = not batch.earlier and not step.full
end

-- Loads the viewers of the batches and classifies the batches. Returns the new ones.
local function recognise(step, batches)
  local ids, new = distinct(batches, 'id'), {}
  local by_id, blocked = viewers.load(step.room, ids), blocked_of(step, ids)
  step.by_id = by_id
  for _, batch in ipairs(batches) do
    batch.viewer = by_id[batch.id]
    classify(step, batch, blocked)
    if batch.new then new[#new + 1] = batch end
  end
  return new
end

-- Loads the addresses of the new batches and marks their viewers active. Returns how many are active.
local function mark(step, new)
  local room, names, marked = step.room, distinct(new, 'address'), {}
  if #names > 0 then step.addresses = addresses.load(room, names) end
  for _, batch in ipairs(new) do
    local from = step.addresses[batch.address]
    batch.from = from
    if not from or addresses.seat(from, batch.viewer, step.per_address, room.now) then
      local n = #marked
      marked[n + 1], marked[n + 2] = room.now, batch.id
    end
  end
  return active.mark(room, marked)
end

-- What a batch may press, and what the room makes of it.

local function reject(batch, reason, presses)
  if presses == 0 then return end
  batch.rejected = batch.rejected or { 0, 0, 0, 0, 0, 0, 0 }
  batch.rejected[reason] = batch.rejected[reason] + presses
end

-- Returns how many presses remain after the rules that do not depend on the counts: disabled or unavailable button, clamp,
-- rate limit.
local function allowed(step, state, presses, batch)
  if not state.button.enabled then
    reject(batch, DISABLED, presses)
    return 0
  end
  if state.unavailable then
    reject(batch, UNAVAILABLE, presses)
    return 0
  end
  local viewer, from = batch.viewer, batch.from
  local clamped = math.min(presses, step.per_request)
  local paid = math.min(clamped, math.floor(viewer.tokens / 1000))
  if from then
    paid = math.min(paid, math.floor(from.tokens / 1000))
    from.tokens = from.tokens - paid * 1000
  end
  viewer.tokens = viewer.tokens - paid * 1000
  reject(batch, CLAMP, presses - clamped)
  reject(batch, RATE_LIMIT, clamped - paid)
  return paid
end

-- Returns how many presses are accepted, how many triggers fire and why the rest is rejected, as if the presses came
-- one at a time.
local function accept(step, state, presses)
  local missing = math.max(0, state.need - state.count)
  if step.paused or step.free_log == 0 then return math.min(presses, missing), 0, PAUSED end
  local is_ready = buttons.ready_in(step.states, state, step.room.now) == 0
  if state.button.pace > 0 then return presses, (is_ready and presses >= missing) and 1 or 0, PAUSED end
  if not is_ready then return math.min(presses, missing), 0, COOLDOWN end
  if presses < missing then return presses, 0, PAUSED end
  local cools_down = state.button.cooldown > 0
  local most = cools_down and 1 or step.free_log -- triggers; then the button fills to its threshold
  local accepted = math.min(presses, math.max(1, (most + 1) * state.need - state.count))
  local fired = math.min(math.floor((state.count + accepted) / state.need), most)
  return accepted, fired, cools_down and COOLDOWN or PAUSED
end

local function list_at(step, key, of)
  local list = step.lists[key]
  if not list then
    list = tops.open(key, of, step.states.pressers)
    step.lists[key] = list
  end
  return list
end

-- Prepares a button for its first presses in this call: its index in the ledger's entry, and its top lists.
local function prepare(step, state)
  local event_type, team = state.button.event_type, state.button.team
  state.entry_index = #step.counted
  step.counted[state.entry_index + 1] = state
  step.list_of_all = list_at(step, step.all, viewers.ALL)
  state.lists = { list_at(step, tops.of_button(step.all, event_type), state.number) }
  if step.teams[team] then state.lists[2] = list_at(step, step.teams[team], viewers.TEAMS[team]) end
end

-- Adds presses to the button's count, and to what the viewer pressed: of all buttons, of this one, of its team. Sets the
-- viewer's name to the one that came with them.
local function add(step, state, accepted, batch)
  local viewer, from, states = batch.viewer, batch.from, step.states
  if not state.entry_index then prepare(step, state) end
  if batch.name ~= '' and batch.name ~= viewer.name then
    viewer.name, viewer.named = batch.name, false
  end
  buttons.add(state, accepted)
  local pressed = viewers.add(viewer, viewers.ALL, accepted)
  tops.enter(step.list_of_all, batch.id, pressed, accepted)
  for _, list in ipairs(state.lists) do
    tops.enter(list, batch.id, viewers.add(viewer, list.of, accepted), accepted)
  end
  if pressed == accepted then states.pressers = states.pressers + 1 end
  if from then from.pressed = from.pressed + accepted end
  buttons.weigh(states, pressed, from and from.pressed or pressed, accepted)
end

local function json_name(name)
  return name == '' and 'null' or cjson.encode(name)
end

-- Fires triggers of a button, and appends them to the batch's (event type, threshold, seq)….
local function fire(step, state, triggers, batch)
  local room = step.room
  batch.fired = batch.fired or {}
  buttons.fire(room, step.states, state, triggers, {
    viewers = step.viewer_count, tap = step.tap, fired = batch.fired,
    viewer = batch.id, name = room.show_names == 1 and json_name(batch.viewer.name) or 'null',
  })
  step.free_log = rooms.free_log(room)
  step.fired = true
end

-- Notes a batch for the call's ledger entry: see shared/engine/ledger_entries.py. `counted` lists its buttons. The name is
-- noted if it is new in the round's ledger or if a trigger fired.
local function note(step, batch, counted)
  local viewer, fired = batch.viewer, batch.fired
  local text = '["' .. batch.id .. '",[' .. counted .. ']'
  if fired or (viewer.name ~= '' and not viewer.named) then
    viewer.named = viewer.name ~= ''
    text = text .. ',' .. json_name(viewer.name)
  end
  if fired then text = text .. ',[' .. ledger.fired(fired) .. ']' end
  step.noted[#step.noted + 1] = text .. ']'
end

-- The triggers of a batch for its outcome: with the buttons' indexes in place of event types.
local function with_indexes(step, fired)
  local flat = {}
  for i = 1, #fired, 3 do
    flat[i], flat[i + 1], flat[i + 2] = step.index_of[fired[i]] - 1, fired[i + 1], fired[i + 2]
  end
  return flat
end

-- Counts one batch and returns its outcome.
local function count(step, batch)
  local viewer, from, items, states, now = batch.viewer, batch.from, step.items, step.states, step.room.now
  viewers.refill(viewer, step.burst, now)
  if from then addresses.refill(from, step.per_address, step.burst, now) end
  local results, n, counted = { 0, 0, 0 }, 1, '' -- most batches have one button
  for i = batch.first_item, batch.last_item, 2 do
    local state, accepted, triggers = states[step.index_of[items[i]]], 0, 0
    local presses = allowed(step, state, items[i + 1], batch)
    if presses > 0 then
      local reason
      accepted, triggers, reason = accept(step, state, presses)
      reject(batch, reason, presses - accepted)
    end
    if accepted > 0 then
      add(step, state, accepted, batch)
      if triggers > 0 then fire(step, state, triggers, batch) end
      counted = counted .. (counted == '' and '[' or ',[') .. state.entry_index .. ',' .. accepted .. ']'
    end
    results[n], results[n + 1], results[n + 2] = state.index, accepted, triggers
    n = n + 3
  end
  if counted ~= '' then note(step, batch, counted) end
  dedup.remember(step, batch, results)
  return { COUNTED, results, batch.rejected or NONE, batch.fired and with_indexes(step, batch.fired) or NONE }
end

-- The outcome of a blocked viewer's batch, even if that was counted before: everything is rejected.
local function reject_blocked(step, batch)
  for i = batch.first_item, batch.last_item, 2 do reject(batch, BLOCKED, step.items[i + 1]) end
  return { COUNTED, dedup.nothing_of(step, batch), batch.rejected, NONE }
end

local function outcome_of(step, batch)
  if batch.unknown then return { UNKNOWN, batch.unknown } end
  if batch.blocked then return reject_blocked(step, batch) end
  if batch.last_item < batch.first_item then return { COUNTED, NONE, NONE, NONE } end
  -- Again, if in this call the sender may have overtaken a numbered batch.
  local overtaken = batch.number > 0 and batch.viewer.counted
  local known = batch.known or (overtaken and dedup.recall(step, batch))
  if known then return { COUNTED_BEFORE, known.results, known.rejected or NONE, NONE } end
  if step.full then return { LEDGER_FULL } end
  if batch.earlier then return { COUNTED_BEFORE, batch.earlier.outcome[2], batch.earlier.outcome[3], NONE } end
  return count(step, batch)
end

-- Appends the call's entry to the ledger, with the buttons' totals and counts after it.
local function book(step)
  local room, totals = step.room, {}
  if #step.noted == 0 then return end
  for i, state in ipairs(step.counted) do
    totals[i] = string.format('["%s",%d,%d]', state.button.event_type, state.accepted, state.count)
  end
  ledger.append(room.ledger, room.now, string.format('["batches","%s",%d,%d,%d,%d,[%s],[%s]]', room.id, room.now,
    room.round, step.viewer_count, room.epoch, table.concat(totals, ','), table.concat(step.noted, ',')))
end

-- Writes what the batches changed, once for all of them.
local function close(step)
  buttons.save(step.counts, step.states)
  viewers.save(step.room, step.by_id)
  addresses.save(step.room, step.addresses)
  for _, list in pairs(step.lists) do tops.close(list) end
  if step.list_of_all and step.list_of_all.has_new_presser then redis.call('EXPIRE', step.counts, server.ROUND_TTL) end
  if step.fired then log.close(step.room) end
  active.publish(step.room, step.viewer_count)
  watchers.nudge(step.room)
end

rooms.register('press', function(room, args)
  local per_address, tap, ledger_limits, items =
    tonumber(args[1]), args[2] == '1', args[3], cmsgpack.unpack(args[4])
  if room.status == 'ended' then return { 'game_over', room.round, rooms.booked(room) and 1 or 0 } end
  if round_clock.is_over(room) then return { 'game_over', room.round, 0 } end
  local opens = rooms.awaits_press(room)
  if room.status ~= 'in_game' and not opens then return { 'game_not_started' } end
  local counts_key, all_key, skill_key, enemy_key = rooms.round_keys(room, opens and room.round + 1 or room.round)
  local batches, states = read_batches(items), buttons.read(room, counts_key)
  local step = {
    room = room, items = items, states = states,
    counts = counts_key, all = all_key, teams = { skill = skill_key, enemy = enemy_key },
    index_of = rules.of(room).index_of, per_address = per_address, tap = tap,
    ledger_limits = ledger_limits, addresses = {}, lists = {}, counted = {}, noted = {},
    -- Set later: whether the ledger is full (nil: not yet known) and a trigger fired, the viewers, presses of a viewer and
    -- of a button.
    full = nil, fired = false, by_id = false, burst = 0, per_request = 0,
    viewer_count = 0, paused = false, free_log = 0, list_of_all = false,
  }
  local new = recognise(step, batches) -- everything is read before the first write
  if #new > 0 then
    rooms.renew_log_epoch(room)
    if opens then
      local turns = rooms.open_round(room)
      for _, state in ipairs(states) do state.fired_at = turns[state.button.event_type] or 0 end
    end
    buttons.book_renewal(room, counts_key)
    step.viewer_count = mark(step, new)
  else
    step.viewer_count = active.count(room)
  end
  buttons.set_thresholds(room, states, step.viewer_count)
  local gather = gathering.of(room, step.viewer_count)
  step.per_request, step.burst = gathering.per_request(room, gather), gathering.burst(room, gather)
  step.paused, step.free_log = rooms.paused(room), rooms.free_log(room)
  local outcomes = {}
  for i, batch in ipairs(batches) do
    batch.outcome = outcome_of(step, batch)
    outcomes[i] = batch.outcome
  end
  if #new > 0 then
    gathering.remember(room, step.viewer_count)
    book(step)
    close(step)
  end
  return { 'ok', room.round, step.viewer_count, gather, buttons.reply(room, states), cmsgpack.pack(outcomes) }
end)
