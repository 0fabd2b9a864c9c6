-- press: counts batches of one room's viewers, each batch once, all in one atomic step. A call loads, checks and saves
-- the room once for all its batches. For each batch: deduplicate, rate-limit, add, fire, keep the remainder. Before
-- that, all senders of new batches are marked active, and the thresholds follow from the number of active viewers.
-- KEYS  1 room  2 log  3 active  4 names, of the round  5 blocked  6 counts  7 all  8 skill  9 enemy: who pressed most
--       10 ledger  11 ledger_epoch  12 running
--       13… of each batch: viewer, address, source (both are the active set's key if the address is not limited);
--       then the top of each button, in the order in which ARGV first names them
-- ARGV  1 round, or the next one if a press opens it  2 per_address: how many viewers an address counts for  3 tap 1|0
--       4 ledger_limit: how many unread entries the ledger may hold  5 batch_count
--       6… of each batch: viewer, name or '', batch id, how many buttons, and of each of those: event type, presses
-- Reply room_not_found | room_unknown | game_not_started | round_moved, round
--       | game_over, round, final 1|0 (PostgreSQL has the round's end)
--       | ok, round, viewers, ms to gather, states (see buttons.reply), and for each batch one of
--           unknown_event_type, name | ledger_full
--           counted | duplicate, rejected (clamp, rate, paused, cooldown, disabled, blocked; empty for none),
--             results (event type, accepted, fired)…, fired (event type, threshold, seq)…

local ROUND_KEPT = 8 * DAY -- s that a round's counts are kept after its last new presser
local CLAMP, RATE_LIMIT, PAUSED, COOLDOWN, DISABLED, BLOCKED = 1, 2, 3, 4, 5, 6

-- Returns the batches in the order of ARGV, and the key of each button's top by event type. A batch is { id (the
-- viewer's), name, batch_id, asked (event type, presses)…, viewer_key, address, source_key (nil = no limit), unknown
-- (the first event type that the room does not have) }.
local function read_batches(room, active_key, batch_count, next_key, next_top, next_arg)
  local batches, top_keys, known = {}, {}, rules.of(room).by_type
  for i = 1, batch_count do
    local viewer_key, address_key, source_key = next_key(), next_key(), next_key()
    local id, name, batch_id, button_count = next_arg(), next_arg(), next_arg(), tonumber(next_arg())
    local batch = { id = id, name = name, batch_id = batch_id, asked = {}, viewer_key = viewer_key }
    if address_key ~= active_key then batch.address, batch.source_key = address_key, source_key end
    for n = 1, button_count do
      local event_type, presses = next_arg(), tonumber(next_arg())
      if not known[event_type] then batch.unknown = batch.unknown or event_type end
      if not top_keys[event_type] then top_keys[event_type] = next_top() end
      batch.asked[n] = { event_type = event_type, presses = presses }
    end
    batches[i] = batch
  end
  return batches, top_keys
end

-- Returns how many presses are accepted, how many triggers fire and why the rest is rejected, as if the presses came
-- one at a time.
local function accept(room, state, presses, paused)
  local missing = math.max(0, state.threshold - state.count)
  if paused then return math.min(presses, missing), 0, PAUSED end
  if buttons.cooldown_left(state, room.now) > 0 then return math.min(presses, missing), 0, COOLDOWN end
  local cools_down = state.button.cooldown > 0
  local most = cools_down and 1 or rooms.free_log(room) -- triggers; then the button fills to its threshold
  local accepted = math.min(presses, math.max(1, (most + 1) * state.threshold - state.count))
  local fired = math.min(math.floor((state.count + accepted) / state.threshold), most)
  return accepted, fired, cools_down and COOLDOWN or PAUSED
end

local function reject(rejected, reason, presses)
  rejected[reason] = rejected[reason] + presses
end

-- Returns how many presses remain after the rules that do not depend on the counts: disabled button, clamp, rate limit.
local function allowed(step, state, presses, batch, rejected)
  if not state.button.enabled then
    reject(rejected, DISABLED, presses)
    return 0
  end
  local clamped = math.min(presses, step.per_request)
  reject(rejected, CLAMP, presses - clamped)
  local paid = sources.affords(batch.source, viewers.affords(batch.viewer, clamped))
  viewers.spend(batch.viewer, paid)
  sources.spend(batch.source, paid)
  reject(rejected, RATE_LIMIT, clamped - paid)
  return paid
end

-- Adds presses to a viewer's score in a top list. The list expires ROUND_KEPT after it was created or a new viewer pressed.
local function rank(top, id, accepted, is_new)
  local pressed = tonumber(redis.call('ZINCRBY', top, accepted, id))
  if pressed == accepted or is_new then redis.call('EXPIRE', top, ROUND_KEPT) end
  return pressed
end

-- Adds presses to the button's count, and to the top lists of the round, the button and its team.
local function add(step, state, accepted, batch)
  local id, is_new = batch.id, batch.viewer.is_new
  buttons.add(step.counts, state, accepted)
  if state.accepted == accepted or is_new then step.kept_anew = true end
  local pressed = rank(step.all, id, accepted, is_new)
  buttons.weigh(step.states, pressed, sources.add(batch.source, accepted) or pressed, accepted)
  rank(step.top_keys[state.button.event_type], id, accepted, is_new)
  local team = step.teams[state.button.team]
  if team then rank(team, id, accepted, is_new) end
end

local function json_name(name)
  return name == '' and 'null' or cjson.encode(name)
end

-- Sets the viewer's name: from the request, else, for a new viewer, from the round's names.
local function learn_name(step, batch)
  local viewer = batch.viewer
  if batch.name ~= '' and batch.name ~= viewer.name then
    viewer.name, viewer.named_in = batch.name, 0
  elseif viewer.is_new and viewer.name == '' then
    viewer.name = rooms.name_of(step.names, batch.id) or ''
  end
end

-- Adds the viewer's name to the round's names. Returns true if it was not there yet.
local function enter_name(step, batch)
  local viewer = batch.viewer
  if viewer.name == '' or viewer.named_in == step.room.round then return false end
  viewer.named_in = step.room.round
  redis.call('HSET', step.names, batch.id, viewer.name)
  step.named = true
  return true
end

-- Appends the batch to the ledger, with what the audit needs to recompute it: see shared/engine/ledger_entries.py.
local function book(step, before, batch, name, counted, fired)
  local room = step.room
  ledger.append(step.ledger, room.now, string.format('["press","%s",%d,%d,"%s",%s,%d,%d,%d,%d,[%s],[%s]]', room.id,
    room.now, room.round, batch.id, name, step.viewer_count, before.paused and 1 or 0, before.free_log, room.epoch,
    table.concat(counted, ','), ledger.fired(fired)))
end

-- Counts one batch and returns its outcome.
local function count(step, batch)
  local room, states, viewer = step.room, step.states, batch.viewer
  learn_name(step, batch)
  local shot = {
    log = step.log, viewers = step.viewer_count, tap = step.tap, fired = {},
    name = room.show_names == 1 and json_name(viewer.name) or 'null',
  }
  local before = { paused = rooms.paused(room), free_log = rooms.free_log(room) }
  local rejected, results, counted = { 0, 0, 0, 0, 0, 0 }, {}, {}
  for _, wish in ipairs(batch.asked) do
    local state = states.by_type[wish.event_type]
    local presses = allowed(step, state, wish.presses, batch, rejected)
    local accepted, triggers, reason = 0, 0, PAUSED
    if presses > 0 then
      accepted, triggers, reason = accept(room, state, presses, before.paused or rooms.free_log(room) == 0)
    end
    reject(rejected, reason, presses - accepted)
    if accepted > 0 then
      add(step, state, accepted, batch)
      buttons.fire(room, state, triggers, shot)
      local form = '["%s",%d,%d,%d]'
      counted[#counted + 1] = string.format(form, wish.event_type, accepted, state.accepted, state.count)
    end
    local n = #results
    results[n + 1], results[n + 2], results[n + 3] = wish.event_type, accepted, triggers
  end
  if #counted > 0 then
    local is_name_told = enter_name(step, batch) or #shot.fired > 0
    local name = is_name_told and json_name(viewer.name) or 'null'
    book(step, before, batch, name, counted, shot.fired)
  end
  if #shot.fired > 0 then step.fired = true end
  viewers.remember(viewer, batch.batch_id, room.now, rejected, results)
  return { 'counted', viewers.some(rejected), results, shot.fired }
end

-- Classifies a batch: `blocked` if its viewer is; `known` (the remembered outcome) if it was counted before; `first`
-- (the earlier one) if this call has the same batch twice; else `new`, unless the ledger is full. All batches are
-- classified before the first is counted, because counting a batch makes its viewer forget an older one.
local function identify(step, batch, firsts)
  batch.blocked = step.room.blocked > 0 and redis.call('SISMEMBER', step.blocked, batch.id) == 1
  batch.known = not batch.blocked and viewers.recall(batch.viewer, batch.batch_id, step.room.now, batch.asked)
  if batch.blocked or batch.known then return end
  local name = batch.viewer_key .. ' ' .. batch.batch_id
  batch.first = firsts[name]
  if batch.first then return end
  firsts[name] = batch
  if step.full == nil then step.full = ledger.full(step.ledger, step.ledger_limit) end
  batch.new = not step.full
end

-- Loads the `viewer` of each batch, and the `source` of each new one, once per viewer and source, and classifies the
-- batches. Returns whether any is new.
local function recognise(step, batches)
  local here, firsts, any = {}, {}, false
  for _, batch in ipairs(batches) do
    if not batch.unknown then
      batch.viewer = here[batch.viewer_key] or viewers.load(batch.viewer_key, step.room.now)
      here[batch.viewer_key] = batch.viewer
      if #batch.asked > 0 then identify(step, batch, firsts) end
    end
    if batch.new and batch.source_key then
      batch.source = here[batch.source_key] or sources.load(batch.source_key, step.per_address, step.room)
      here[batch.source_key] = batch.source
    end
    any = any or batch.new
  end
  return any
end

-- Marks the viewers of new batches as active.
local function mark(step, active_key, batches)
  for _, batch in ipairs(batches) do
    if batch.new then active.mark(active_key, batch.id, step.room.now, batch.address, step.per_address) end
  end
end

-- The outcome of a blocked viewer's batch, even if that was counted before: everything is rejected.
local function reject_blocked(batch)
  local rejected, results = { 0, 0, 0, 0, 0, 0 }, {}
  for _, wish in ipairs(batch.asked) do
    reject(rejected, BLOCKED, wish.presses)
    for _, value in ipairs({ wish.event_type, 0, 0 }) do table.insert(results, value) end
  end
  return { 'counted', viewers.some(rejected), results, {} }
end

local function outcome_of(step, batch)
  if batch.unknown then return { 'unknown_event_type', batch.unknown } end
  if batch.blocked then return reject_blocked(batch) end
  if batch.known then return { 'duplicate', batch.known.rejected, batch.known.results, {} } end
  if #batch.asked == 0 then return { 'counted', {}, {}, {} } end
  if step.full then return { 'ledger_full' } end
  if batch.first then return { 'duplicate', batch.first.outcome[2], batch.first.outcome[3], {} } end
  batch.outcome = count(step, batch)
  return batch.outcome
end

-- Writes what the batches changed, once for all of them.
local function close(step, batches)
  buttons.save(step.counts, step.states)
  if step.kept_anew then redis.call('EXPIRE', step.counts, ROUND_KEPT) end
  if step.kept_anew or step.named then redis.call('EXPIRE', step.names, ROUND_KEPT) end
  if step.fired then log.close(step.room, step.log) end
  for _, batch in ipairs(batches) do
    if batch.viewer then viewers.save(batch.viewer_key, batch.viewer, step.room.now) end
    sources.save(batch.source, step.room.now)
  end
  active.tell(step.room, step.viewer_count)
  watchers.nudge(step.room)
end

register('press', function(keys, args)
  local room_key, log_key, active_key, names_key, blocked_key, counts_key, all_key, skill_key, enemy_key, ledger_key,
    ledger_epoch_key, running_key = unpack(keys, 1, 12)
  local round, per_address, tap, ledger_limit, batch_count =
    tonumber(args[1]), tonumber(args[2]), args[3] == '1', tonumber(args[4]), tonumber(args[5])
  local next_key, next_top, next_arg = rest(keys, 13), rest(keys, 13 + 3 * batch_count), rest(args, 6)
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if room.status == 'ended' then return { 'game_over', room.round, rooms.booked(room, ledger_key) and 1 or 0 } end
  local opens = rooms.awaits_press(room)
  if room.status ~= 'in_game' and not opens then return { 'game_not_started' } end
  local counted = opens and room.round + 1 or room.round
  if round ~= counted then return { 'round_moved', counted } end
  local batches, top_keys = read_batches(room, active_key, batch_count, next_key, next_top, next_arg)
  local at = ledger.at(ledger_key, ledger_epoch_key)
  -- Set later: full (the ledger is full), viewer_count, states, kept_anew (the expiry of counts and names must
  -- restart), named (a name was added), fired (a trigger fired).
  local step = {
    room = room, log = log_key, names = names_key, blocked = blocked_key, counts = counts_key, top_keys = top_keys,
    ledger = at, all = all_key, teams = { skill = skill_key, enemy = enemy_key },
    per_address = per_address, tap = tap, ledger_limit = ledger_limit,
  }
  local any = recognise(step, batches) -- everything is read before the first write
  if any then
    rooms.renew_log_epoch(room)
    if opens then rooms.open_round(room, running_key, blocked_key, at) end
    buttons.book_renewal(room, counts_key, at)
    mark(step, active_key, batches)
  end
  step.viewer_count = any and active.renew(active_key, room.now) or active.count(active_key, room.now)
  step.states = buttons.load(room, counts_key, step.viewer_count)
  local pace = pacing.of(room, step.viewer_count)
  step.per_request = pacing.per_request(pace)
  local outcomes = {}
  for i, batch in ipairs(batches) do outcomes[i] = outcome_of(step, batch) end
  if any then
    pacing.keep(room, pace)
    close(step, batches)
  end
  return { 'ok', room.round, step.viewer_count, pace, buttons.reply(room, step.states), outcomes }
end)
