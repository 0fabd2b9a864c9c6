-- tally: all that a round's hash counts, and how many pressed in it.
-- KEYS  1 room  2 active  3 counts  4 top of all
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round | ok, round, active viewers, pressers, (field, value)…
register('tally', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  return {
    'ok', room.round, active.count(keys[2], room.now), redis.call('ZCARD', keys[4]), redis.call('HGETALL', keys[3]),
  }
end, { 'no-writes' })
