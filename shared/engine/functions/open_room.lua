-- What a room needs to be opened: a share of its address's quota, and a short code, which people type. Both are in hash
-- slots of their own, not in the room's. And the way there from the rooms before.

-- claim_quota: reserves a share of an address's quota of rooms that are open at once. The caller reserves it before it
-- opens the room, and frees those of rooms that it has found to be over: this function cannot check, because rooms live
-- in other hash slots.
-- KEYS  1 quota
-- ARGV  1 room_id  2 most
-- Reply full, (room id, ms since its share was reserved)… | ok
register('claim_quota', function(keys, args)
  local quota_key = keys[1]
  local room_id, most = args[1], tonumber(args[2])
  local now, reply = server.now, { 'full' }
  if redis.call('ZCARD', quota_key) < most then
    redis.call('ZADD', quota_key, now, room_id)
    redis.call('EXPIRE', quota_key, server.DAY)
    return { 'ok' }
  end
  local holders = redis.call('ZRANGE', quota_key, 0, -1, 'WITHSCORES')
  for i = 1, #holders, 2 do
    reply[i + 1] = holders[i]
    reply[i + 2] = math.abs(now - holders[i + 1]) -- abs: or a share seems new for long after the clock was set back
  end
  return reply
end)

local CODE_TTL = 2 * server.DAY -- s, after a claim; longer than a room lives without being asked for

-- claim_code: makes a code lead to the room, unless it leads to another. Claimed again, it expires later.
-- KEYS  1 code
-- ARGV  1 room_id
-- Reply taken | ok
register('claim_code', function(keys, args)
  local code_key = keys[1]
  local room_id = args[1]
  local holder = redis.call('GET', code_key)
  if holder and holder ~= room_id then return { 'taken' } end
  redis.call('SET', code_key, room_id, 'EX', CODE_TTL)
  return { 'ok' }
end)

-- give_code: gives the room a claimed code, unless another call has given it one meanwhile.
-- ARGV  1 code  2 before: the code that the caller read, '' for none
-- Reply ok, code that the room has now
rooms.register('give_code', function(room, args)
  local code, before = args[1], args[2]
  local present = redis.call('HGET', room.key, 'code') or ''
  if present ~= before then return { 'ok', present } end
  redis.call('HSET', room.key, 'code', code, 'code_at', room.now)
  if code ~= before then rooms.book(room, 'access', ',"%s"', code) end
  return { 'ok', code }
end)

-- lead_on: the studio has opened a newer room. Once this one has ended, its viewers go there.
-- ARGV  1 next_room_id ('' for none)
-- Reply ok
rooms.register('lead_on', function(room, args)
  local next_room_id = args[1]
  redis.call('HSET', room.key, 'next_room_id', next_room_id)
  watchers.nudge(room)
  return { 'ok' }
end)
