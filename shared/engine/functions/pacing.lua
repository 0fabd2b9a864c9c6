-- The pace of a button's triggers: how often it fires if its crowd presses as before. A bar begins with the round and
-- with each trigger. Its need falls to a quarter in each pace. After one pace it is the record: what the last trigger took,
-- for one pace. So a button that is pressed more fires sooner. The need is at least the threshold, and a trigger takes all
-- presses. The hash of counts has, of a button with a pace, `began` (when its bar began, by `round_clock.play_time`) and,
-- after a trigger, `record`. An older release does not set `began`.

local pacing = {}

local EASE = 4 -- by how much the need falls in a pace
local SOONEST = 1 / 4 -- the share of a pace before which no button fires

-- The pace of the present bar, and how long ago it began. A button that got its pace, or was switched on, after the round
-- began has no bar: then one pace has passed. The same holds if the clock was set back by a pace.
local function bar_at(state, time)
  local button, since = state.button, time - state.began
  local pace = state.fired == 0 and button.first_pace or button.pace
  if state.began == 0 or since <= -pace then return button.pace, button.pace end
  return pace, math.max(0, since)
end

-- How many presses a trigger needs at a time, with so many active viewers. Subtracting 1e-9: see rules.lua.
function pacing.need(state, viewer_count, time)
  local button, pace, since = state.button, bar_at(state, time)
  local expected = state.record > 0 and state.record * (pace / button.pace) or viewer_count * button.guess * pace
  return math.max(state.threshold, math.ceil(expected * EASE ^ (1 - since / pace) - 1e-9))
end

-- The record after a trigger of `presses`.
function pacing.record(state, presses, time)
  local pace, since = bar_at(state, time)
  return presses * state.button.pace / math.max(pace * SOONEST, since)
end

-- Milliseconds until its pace lets the button fire.
function pacing.ready_in(state, time)
  if state.button.pace == 0 then return 0 end
  local pace, since = bar_at(state, time)
  return math.max(0, math.ceil(pace * SOONEST - since))
end

-- The bars of a round begin. Returns when, by event type.
function pacing.begin(room, counts, time)
  local began = {}
  for _, button in ipairs(rules.of(room).buttons) do
    if button.enabled and button.pace > 0 then
      began[button.event_type] = time
      redis.call('HSET', counts, button.fields.began, time)
      redis.call('EXPIRE', counts, server.ROUND_TTL)
    end
  end
  return began
end
