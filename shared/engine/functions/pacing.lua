-- The pace of a button's triggers: how its threshold, the goal, follows the crowd. The rule and its values are explained in
-- tests/shared/engine/pacing.py, which the tests compare it with.

local pacing = {}

local SILENT_AFTER = 60000 -- ms
local SMOOTHING_LEAST, SMOOTHING_MOST = 500, 10000 -- ms
local GATHERED = 300 -- ms
local UNIT = 1000000 -- a rate is in presses per UNIT ms
local HELD_AT_MOST = 24 -- paces
local SURPLUS_SHARE = 4

-- A pace is { goal, rate, set_at, set_from, pressed_at, held_until }, or false before the first press.
function pacing.unpacked(packed)
  if not packed then return false end
  local goal, rate, set_at, set_from, pressed_at, held_until = cmsgpack.unpack(packed)
  return {
    goal = goal, rate = rate, set_at = set_at, set_from = set_from, pressed_at = pressed_at, held_until = held_until,
  }
end

function pacing.packed(pace)
  return cmsgpack.pack(pace.goal, pace.rate, pace.set_at, pace.set_from, pace.pressed_at, pace.held_until)
end

-- How long (ms) a button is still held; 0 if the clock was set back since.
local function held_for(pace, pace_ms, at)
  local left = pace and pace.held_until - at or 0
  return left > 0 and left <= HELD_AT_MOST * pace_ms and left or 0
end

function pacing.held_for(state, at)
  return held_for(state.pace, state.button.pace, at)
end

-- How many triggers of a button with this pace one call may fire.
function pacing.triggers_now(pace, pace_ms, at)
  if held_for(pace, pace_ms, at) > 0 then return 0 end
  return math.max(1, math.ceil(GATHERED / pace_ms))
end

function pacing.is_silent(pace, at)
  local since = at - pace.pressed_at
  return since < 0 or since >= SILENT_AFTER
end

local function measured(pace, pace_ms, accepted, at)
  local elapsed = at - pace.set_at
  if elapsed < 0 or pacing.is_silent(pace, at) then return 0 end
  local tau = math.min(SMOOTHING_MOST, math.max(SMOOTHING_LEAST, math.floor(pace_ms / 2)))
  return math.floor((pace.rate * tau + (accepted - pace.set_from) * UNIT) / (tau + elapsed))
end

local function due(rate, pace_ms)
  return math.floor((rate * pace_ms + UNIT / 2) / UNIT)
end

-- The threshold now of a button; `classic` is the one without a pace.
function pacing.goal(state, classic, at)
  local pace, pace_ms = state.pace, state.button.pace
  if not pace then return classic end
  local rate, since = pace.rate, at - pace.set_at
  if since < 0 or since >= 2 * pace_ms or pacing.is_silent(pace, at) then
    rate = math.min(rate, measured(pace, pace_ms, state.accepted, at))
  end
  return math.min(pace.goal, math.max(classic, due(rate, pace_ms), state.count))
end

local function begun(state, at)
  return state.pace or {
    goal = state.threshold, rate = 0, set_at = at, set_from = state.accepted, pressed_at = at, held_until = 0,
  }
end

-- Begins the next bar of a button that fired.
local function begin(state, pace, pace_ms, at)
  local rate, held_until = measured(pace, pace_ms, state.accepted, at), 0
  if pace.held_until > 0 and state.count >= math.max(state.classic, due(rate, pace_ms)) then
    rate = rate + math.floor(state.count * UNIT / (SURPLUS_SHARE * math.max(pace_ms, GATHERED)))
    held_until = at + pace_ms
  end
  pace.goal, pace.rate = math.max(state.classic, due(rate, pace_ms)), rate
  pace.set_at, pace.set_from, pace.held_until = at, state.accepted, held_until
end

-- Updates the pace of a button that was pressed or fired in this call, and its threshold.
function pacing.close(state, at)
  local pace, pace_ms = begun(state, at), state.button.pace
  if state.consumed then
    begin(state, pace, pace_ms, at)
  else
    pace.goal = state.threshold
  end
  if state.pressed then pace.pressed_at = at end
  state.pace = pace
  state.threshold = pacing.goal(state, state.classic, at)
end

-- Lets a full button fire no earlier than `until_ms`, but after HELD_AT_MOST of its own paces in any case.
function pacing.hold(state, at, until_ms)
  state.pace, state.held = begun(state, at), true
  state.pace.held_until = math.min(until_ms, at + HELD_AT_MOST * state.button.pace)
end

-- Ends the turn that a button has from an earlier resume; what its last trigger lets it wait stays.
function pacing.end_turn(state)
  local pace = state.pace
  local latest = pace.set_at + state.button.pace
  if pace.held_until > latest then pace.held_until, state.held = latest, true end
end

-- Lets a button whose bar is emptied fire as soon as it is full again.
function pacing.release(counts, event_type)
  local name = event_type .. ':pace'
  local pace = pacing.unpacked(redis.call('HGET', counts, name))
  if not pace or pace.held_until == 0 then return end
  pace.held_until = 0
  redis.call('HSET', counts, name, pacing.packed(pace))
end

-- For a button that gets presses of a failed trigger back, before it does: its goal stays what it is, and it fires no
-- earlier than a pace after its last trigger.
function pacing.give_back(state, at)
  local pace, pace_ms = state.pace, state.button.pace
  state.held, pace.goal = true, state.threshold
  pace.held_until = math.max(math.min(pace.set_at, at) + pace_ms, at + pacing.held_for(state, at))
end
