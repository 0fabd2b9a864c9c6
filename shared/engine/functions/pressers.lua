-- Everybody who pressed in the round, and everybody who is blocked; for those who moderate the room.

-- pressers: one piece of those who pressed in the round. A piece may be empty; one that was read while viewers came may
-- repeat some.
-- KEYS  1 room  2 blocked
-- ARGV  1 cursor, 0 for the first piece  2 size: about how many viewers to look at
-- Reply room_not_found | room_unknown
--       | ok, round, the next piece's cursor ('0': there is none), (viewer, name or '', presses, blocked 1|0)…
register('pressers', function(keys, args)
  local room_key, blocked_key = unpack(keys)
  local cursor, size = unpack(args)
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local next_cursor, flat = viewers.scan(room, cursor, size)
  if room.blocked > 0 then
    for i = 1, #flat, 4 do flat[i + 3] = redis.call('SISMEMBER', blocked_key, flat[i]) end
  end
  return { 'ok', room.round, next_cursor, flat }
end, READ_ONLY)

-- blocked_viewers: who is blocked in the room; if there are more than the limit, any of them.
-- KEYS  1 room  2 blocked
-- ARGV  1 limit
-- Reply room_not_found | room_unknown | ok, round, how many are blocked, (viewer, name or '', presses, blocked 1)…
register('blocked_viewers', function(keys, args)
  local room_key, blocked_key = unpack(keys)
  local limit = tonumber(args[1])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local flat = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', blocked_key, limit)) do
    local name, presses = viewers.find(room, room.round, id)
    for _, value in ipairs({ id, name, presses[viewers.ALL] or 0, 1 }) do flat[#flat + 1] = value end
  end
  return { 'ok', room.round, redis.call('SCARD', blocked_key), flat }
end, READ_ONLY)
