-- The pace of a button's triggers: it fires at the first press a pace after its last trigger, if its count has reached its
-- need, and takes all its presses. Its record is how many presses it took, for one pace: the need is the record, and halves
-- with each further pace; it is at least the threshold. The hash of counts has `record` only after a trigger with a pace.

local pacing = {}

-- How many presses a trigger of a button with a pace needs now. If the clock was set back by more than a pace, the last
-- trigger counts as long past.
function pacing.need(state, now)
  local pace, since = state.button.pace, now - state.fired_at
  if state.record == 0 or since <= -pace then return state.threshold end
  return math.max(state.threshold, math.ceil(state.record * 2 ^ -math.max(0, since / pace - 1)))
end

-- The record after a trigger of `presses`.
function pacing.record(state, presses, now)
  if state.record == 0 then return presses end
  return presses * state.button.pace / math.max(state.button.pace, now - state.fired_at)
end

-- Milliseconds until the pace and the distance to the room's triggers let the button fire. Before its first trigger in the
-- round, `fired_at` is when its turn comes.
function pacing.ready_in(states, state, now)
  local button, own = state.button, 0
  if state.fired > 0 then
    own = server.left(state.fired_at, now, button.pace)
  elseif server.near(state.fired_at, now, button.pace) then
    own = math.max(0, state.fired_at - now)
  end
  return math.max(own, server.left(states.shared_at, now, button.distance))
end

-- The buttons of a round that begins take turns, so that their first triggers do not all come at once. Returns when.
function pacing.begin(room, counts)
  local turns = {}
  for _, button in ipairs(rules.of(room).buttons) do
    if button.turn > 0 then
      turns[button.event_type] = room.now + button.turn
      redis.call('HSET', counts, button.fields.fired_at, turns[button.event_type])
      redis.call('EXPIRE', counts, server.ROUND_TTL)
    end
  end
  return turns
end
