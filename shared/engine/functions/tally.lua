-- Whether a button that can be pressed has no pace: a large crowd fires it as fast as it presses.
local function lacks_pace(room)
  for _, button in ipairs(rules.of(room).buttons) do
    if button.enabled and button.pace == 0 then return true end
  end
  return false
end

-- tally: all fields of a round's hash of counts, and how many viewers pressed in the round.
-- KEYS  1 room  2 active  3 counts  4 all: who pressed most
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round
--       | ok, round, active viewers, pressers, whether a button has no pace 1|0, (field, value)…
register('tally', function(keys, args)
  local room_key, active_key, counts_key, all_key = unpack(keys)
  local round = tonumber(args[1])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if round ~= room.round then return { 'round_moved', room.round } end
  return {
    'ok', room.round, active.count(active_key, room.now),
    tonumber(redis.call('HGET', counts_key, 'pressers')) or redis.call('ZCARD', all_key),
    lacks_pace(room) and 1 or 0, redis.call('HGETALL', counts_key),
  }
end, READ_ONLY)
