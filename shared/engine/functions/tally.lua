-- tally: all fields of a round's hash of counts, and how many viewers pressed in the round.
-- KEYS  1 room  2 active  3 counts  4 all: who pressed most
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round | ok, round, active viewers, pressers, (field, value)…
register('tally', function(keys, args)
  local room_key, active_key, counts_key, all_key = unpack(keys)
  local round = tonumber(args[1])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if round ~= room.round then return { 'round_moved', room.round } end
  return {
    'ok', room.round, active.count(active_key, room.now),
    tonumber(redis.call('HGET', counts_key, 'pressers')) or redis.call('ZCARD', all_key),
    redis.call('HGETALL', counts_key),
  }
end, { 'no-writes' })
