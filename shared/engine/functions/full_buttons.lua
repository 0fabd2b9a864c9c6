-- Full buttons fire without a press: thresholds fall when viewers leave or a crowd slows down, cooldowns end. The rooms that
-- need a look are in one sorted set a shard; the score is when (ms). The API service looks at those that are due.

local full_buttons = { LOOK_EVERY = 500 } -- ms; with the duty's own wait, a full button fires within a second

local LATE = 10000 -- ms that a look may be late; then the next press schedules it again

-- The set's key, computed from another key of the shard.
local function looks_of(key)
  return string.match(key, '^[^}]*}') .. ':looks'
end

local function look_at(room, at)
  redis.call('ZADD', looks_of(room.key), at, room.id)
  redis.call('HSET', room.key, 'look_at', at)
  room.look_at = at
end

local function forget_look(room)
  redis.call('ZREM', looks_of(room.key), room.id)
  redis.call('HSET', room.key, 'look_at', 0)
end

-- Whether the button could become full without a press, at some number of viewers.
local function may_fill(state)
  return state.button.enabled and not state.unavailable and not state.waiting and state.count >= state.button.lowest
end

local function any(states, holds)
  for _, state in ipairs(states) do
    if holds(state) then return true end
  end
  return false
end

-- Schedules a look at the room if one of its buttons may become full.
function full_buttons.look_again(room, states)
  if server.near(room.look_at, room.now, LATE) or not any(states, may_fill) then return end
  look_at(room, room.now + full_buttons.LOOK_EVERY)
end

-- Schedules a look at the room now: what a button was waiting for may have ended.
function full_buttons.look_soon(room)
  look_at(room, room.now)
end

-- Whether anything can still change without a press: viewers leave, a crowd slows down, a cooldown ends, the log is read.
local function may_change(room, states, viewer_count)
  if viewer_count > 0 then return true end
  return any(states, function(state)
    return may_fill(state) and (buttons.is_full(state, room.now) or buttons.cooldown_left(state, room.now) > 0
      or (state.pace and not pacing.is_silent(state.pace, room.now)))
  end)
end

-- Lets the full buttons with a pace fire one after the other: each after the first waits for the paces before it.
function full_buttons.take_turns(room, states)
  local turn = room.now
  for _, state in ipairs(states) do
    if state.button.pace > 0 and buttons.is_full(state, room.now) then
      if turn > room.now then pacing.hold(state, room.now, turn) end
      turn = turn + state.button.pace
    end
  end
end

-- Before a resume gives new turns: those of the one before are over, which the pause has delayed.
function full_buttons.end_turns(states)
  for _, state in ipairs(states) do
    if state.pace then pacing.end_turn(state) end
  end
end

-- Fires each full button once, if the room is not paused. Returns the triggers as a reply has them, and the counts left.
function full_buttons.fire(room, states, shot)
  local left = {}
  for _, state in ipairs(states) do
    if not rooms.paused(room) and buttons.is_full(state, room.now) then
      buttons.fire(room, state, 1, shot)
      left[#left + 1], left[#left + 2] = state.button.event_type, state.count
    end
  end
  return left
end

-- fire_full: fires each full button of a running round once, without a press. Schedules the next look.
-- KEYS  1 room
-- ARGV  1 room_id  2 tap 1|0
-- Reply room_not_found | room_unknown | moving | ok, fired (event type, threshold, seq)…
register('fire_full', function(keys, args)
  local room_key = keys[1]
  local room_id, tap = args[1], args[2] == '1'
  local room, refusal = rooms.load(room_key)
  if not room then
    if not rooms.is_moving(room_key) then redis.call('ZREM', looks_of(room_key), room_id) end
    return refusal
  end
  if room.status ~= 'in_game' or round_clock.is_over(room) then
    forget_look(room)
    return { 'ok', {} }
  end
  local counts_key = rooms.round_keys(room, room.round)
  local viewer_count, fired = active.count(room), {}
  local states = buttons.load(room, counts_key, viewer_count)
  local some_full = any(states, function(state) return buttons.is_full(state, room.now) end)
  if some_full and not rooms.paused(room) then
    rooms.renew_log_epoch(room)
    local at = rooms.ledger(room)
    buttons.book_renewal(room, counts_key, at)
    local shot = { viewers = viewer_count, viewer = '', name = 'null', tap = tap, fired = fired }
    local left = full_buttons.fire(room, states, shot)
    buttons.save(room, counts_key, states)
    log.close(room)
    ledger.append(at, room.now, string.format('["full","%s",%d,%d,%d,%d,[%s],[%s]]', room.id, room.now, room.round,
      viewer_count, room.epoch, ledger.groups('["%s",%d]', left, 2), ledger.fired(fired)))
    watchers.nudge(room)
  end
  -- A game that pauses resumes itself, which fires what is full.
  if room.paused == 0 and any(states, may_fill) and may_change(room, states, viewer_count) then
    look_at(room, room.now + full_buttons.LOOK_EVERY)
  else
    forget_look(room)
  end
  return { 'ok', fired }
end, WHEN_FULL)
