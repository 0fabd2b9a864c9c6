-- Whether a button that can be pressed has no pace: a large crowd fires it as fast as it presses.
local function lacks_pace(room)
  for _, button in ipairs(rules.of(room).buttons) do
    if button.enabled and button.pace == 0 then return true end
  end
  return false
end

-- tally: all fields of a round's hash of counts.
-- Reply ok, `RunningRound` of shared/engine/tally.py; its figures follow from `counts`: (field, value)…
rooms.register('tally', function(room)
  local counts_key = rooms.round_keys(room, room.round)
  return { 'ok', { map = {
    room_id = room.id, round = room.round, active_viewers = active.count(room), lacks_pace = lacks_pace(room) or nil,
    counts = redis.call('HGETALL', counts_key),
  } } }
end, server.READ_ONLY)
