-- press: one viewer's batch, counted once. Deduplicate, rate-limit, mark active, add, fire, keep the remainder.
-- KEYS  1 room  2 log  3 active  4 viewer  5 names  6 blocked  7 counts  8–10 tops: all, skill, enemy
--       11 address (the active set's key where the address is not limited)  12 ledger  13 ledger epoch
--       14… top of each button pressed, as in ARGV
-- ARGV  1 round  2 viewer  3 name or ''  4 batch id  5 active viewers per address, 0 = no limit  6 tap 1|0
--       7 entries that the ledger may hold unread  8… event type, presses asked for
-- Reply room_not_found | room_unknown | game_not_started | round_moved, round | unknown_event_type, name | ledger_full
--       | game_over, round, final 1|0 (the ledger has passed the end)
--       | ok, round, viewers, duplicate, rejected (clamp, rate, paused, cooldown, disabled, blocked),
--         results (event type, accepted, fired)…, states (see buttons.reply), fired (event type, threshold, seq)…

local PER_REQUEST = 20 -- presses of one button that one request may count
local ROUND_KEPT = 8 * DAY -- s that a round's counts outlive their last new presser
local CLAMP, RATE_LIMIT, PAUSED, COOLDOWN, DISABLED, BLOCKED = 1, 2, 3, 4, 5, 6

-- The buttons asked for, in request order, or nil and the name that no button has.
local function read_asked(room, args)
  local asked, known = {}, rules.of(room).by_type
  for i = 8, #args, 2 do
    if not known[args[i]] then return nil, args[i] end
    asked[#asked + 1] = { event_type = args[i], presses = tonumber(args[i + 1]) }
  end
  return asked
end

-- accepted, fired and the reason for what is refused, as if the presses came one at a time.
local function accept(room, state, presses, paused)
  local missing = math.max(0, state.threshold - state.count)
  if paused then return math.min(presses, missing), 0, PAUSED end
  if buttons.cooldown_left(state, room.now) > 0 then return math.min(presses, missing), 0, COOLDOWN end
  if state.button.cooldown == 0 then
    local full = math.floor((state.count + presses) / state.threshold)
    return presses, math.min(full, rooms.log_room(room)), PAUSED
  end
  local accepted = math.min(presses, math.max(1, 2 * state.threshold - state.count))
  return accepted, state.count + accepted >= state.threshold and 1 or 0, COOLDOWN
end

local function refuse(rejected, reason, presses)
  rejected[reason] = rejected[reason] + presses
end

-- Presses left after the rules that look at the viewer, not at the counts.
local function allowed(state, presses, viewer, rejected, blocked)
  if blocked then
    refuse(rejected, BLOCKED, presses)
    return 0
  end
  if not state.button.enabled then
    refuse(rejected, DISABLED, presses)
    return 0
  end
  local clamped = math.min(presses, PER_REQUEST)
  refuse(rejected, CLAMP, presses - clamped)
  local paid = viewers.spend(viewer, clamped)
  refuse(rejected, RATE_LIMIT, clamped - paid)
  return paid
end

-- Adds presses to the button's count and returns the round's total. Keys are kept anew whenever somebody new presses,
-- and when they are made.
local function add(state, accepted, id, counts, sets, is_new)
  local event_type = state.button.event_type
  state.count = state.count + accepted
  redis.call('HSET', counts, event_type .. ':count', state.count)
  local total = redis.call('HINCRBY', counts, event_type .. ':accepted', accepted)
  if total == accepted or is_new then redis.call('EXPIRE', counts, ROUND_KEPT) end
  for _, set in ipairs(sets) do
    local pressed = tonumber(redis.call('ZINCRBY', set, accepted, id))
    if pressed == accepted or is_new then redis.call('EXPIRE', set, ROUND_KEPT) end
  end
  return total
end

-- The sorted sets a press of the button counts in: everyone's, the team's, the button's own.
local function sets_of(keys, state, i)
  local team = ({ skill = keys[9], enemy = keys[10] })[state.button.team]
  return team and { keys[8], keys[13 + i], team } or { keys[8], keys[13 + i] }
end

local function json_name(name)
  return name == '' and 'null' or cjson.encode(name)
end

-- Remembers the viewer's name in this room: from the request, else as last seen. True where it is a new one.
local function learn_name(viewer, name, names, id)
  if name ~= '' and name ~= viewer.name then
    viewer.name = name
    redis.call('HSET', names, id, name)
    redis.call('EXPIRE', names, ROUND_KEPT)
    return true
  end
  if viewer.name == '' then viewer.name = redis.call('HGET', names, id) or '' end
  return false
end

-- What the ledger needs to book the batch, and to count it again by the pure rule: see shared/entries.py.
local function book(at, room, before, id, name, viewer_count, counted, fired)
  ledger.append(at, room.now, string.format('["press","%s",%d,%d,"%s",%s,%d,%d,%d,%d,[%s],[%s]]', room.id, room.now,
    room.round, id, name, viewer_count, before.paused and 1 or 0, before.log_room, room.epoch,
    ledger.groups('["%s",%d,%d,%d]', counted, 4), ledger.fired(fired)))
end

local function reply(room, viewer_count, duplicate, outcome, states, fired)
  return {
    'ok', room.round, viewer_count, duplicate, outcome.rejected, outcome.results, buttons.reply(room, states), fired,
  }
end

local function count(room, keys, args, asked, viewer)
  local id, now, fired, counted = args[2], room.now, {}, {}
  local blocked = room.blocked > 0 and redis.call('SISMEMBER', keys[6], id) == 1
  rooms.renew_epoch(room)
  buttons.book_renewal(room, keys[7], ledger.at(keys, 12))
  local is_new_name = learn_name(viewer, args[3], keys[5], id)
  local shown = room.show_names == 1 and json_name(viewer.name) or 'null'
  local limit = tonumber(args[5])
  local viewer_count = blocked and active.count(keys[3], now)
    or active.mark(keys[3], id, now, limit > 0 and keys[11] or nil, limit)
  local states = buttons.load(room, keys[7], viewer_count)
  local before = { paused = rooms.paused(room), log_room = rooms.log_room(room) }
  local outcome = { rejected = { 0, 0, 0, 0, 0, 0 }, results = {} }
  for i, wish in ipairs(asked) do
    local state = states.by_type[wish.event_type]
    local presses = allowed(state, wish.presses, viewer, outcome.rejected, blocked)
    local accepted, triggers, reason = 0, 0, PAUSED
    if presses > 0 then
      accepted, triggers, reason = accept(room, state, presses, before.paused or rooms.log_room(room) == 0)
    end
    refuse(outcome.rejected, reason, presses - accepted)
    if accepted > 0 then
      local total = add(state, accepted, id, keys[7], sets_of(keys, state, i), viewer.is_new)
      buttons.fire(room, state, triggers, {
        log = keys[2], counts = keys[7], viewers = viewer_count, name = shown, tap = args[6] == '1', fired = fired,
      })
      for _, value in ipairs({ wish.event_type, accepted, total, state.count }) do table.insert(counted, value) end
    end
    for _, value in ipairs({ wish.event_type, accepted, triggers }) do table.insert(outcome.results, value) end
  end
  if #fired > 0 then log.close(room, keys[2]) end
  if #counted > 0 then
    local name = (is_new_name or #fired > 0) and json_name(viewer.name) or 'null'
    book(ledger.at(keys, 12), room, before, id, name, viewer_count, counted, fired)
  end
  viewers.remember(viewer, args[4], now, outcome)
  viewers.save(keys[4], viewer, now)
  active.tell(room, viewer_count)
  return reply(room, viewer_count, 0, outcome, states, fired)
end

local NOTHING = { rejected = { 0, 0, 0, 0, 0, 0 }, results = {} }

register('press', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  local asked, unknown = read_asked(room, args)
  if not asked then return { 'unknown_event_type', unknown } end
  if room.status == 'ended' then return { 'game_over', room.round, rooms.booked(room, keys[12]) and 1 or 0 } end
  if room.status ~= 'in_game' then return { 'game_not_started' } end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  local viewer = viewers.load(keys[4], room.now)
  local counted = viewers.recall(viewer, args[4], room.now)
  if #asked > 0 and not counted and ledger.full(ledger.at(keys, 12), tonumber(args[7])) then return { 'ledger_full' } end
  if #asked > 0 and not counted then return count(room, keys, args, asked, viewer) end
  local viewer_count = active.count(keys[3], room.now)
  local states = buttons.load(room, keys[7], viewer_count)
  return reply(room, viewer_count, counted and 1 or 0, counted or NOTHING, states, {})
end)
