-- take_place: reserves one of the places for rooms that an address may hold open at once. The caller reserves before it
-- opens the room, and removes places of rooms that it has found to be over: this function cannot check, because rooms
-- live in other hash slots.
-- KEYS  1 places
-- ARGV  1 room_id  2 most
-- Reply full, (room id, ms since its place was reserved)… | ok
register('take_place', function(keys, args)
  local places_key = keys[1]
  local room_id, most = args[1], tonumber(args[2])
  local now, reply = server.now(), { 'full' }
  if redis.call('ZCARD', places_key) < most then
    redis.call('ZADD', places_key, now, room_id)
    redis.call('EXPIRE', places_key, DAY)
    return { 'ok' }
  end
  local places = redis.call('ZRANGE', places_key, 0, -1, 'WITHSCORES')
  for i = 1, #places, 2 do
    reply[i + 1] = places[i]
    reply[i + 2] = math.abs(now - places[i + 1]) -- abs: or a place seems new for long after the clock was set back
  end
  return reply
end)
