-- take_place: one of the places for rooms that an address may hold open at once. A room's place is taken before it is
-- opened, and free again once somebody has seen that the room is over: rooms live in slots of their own.
-- KEYS  1 places
-- ARGV  1 room_id  2 most
-- Reply full, (room id, ms since its place was taken)… | ok
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
    reply[i + 2] = math.abs(now - places[i + 1]) -- a clock that was set back makes no place young for ever
  end
  return reply
end)
