-- The short codes of rooms, which people type. A code's key is in a slot of its own, so that a code leads to its room
-- wherever that is. The caller first claims a code, then writes it into the room: see shared/engine/codes.py.

local CODE_KEPT = 2 * DAY -- s, after a claim; longer than a room lives without being asked for

-- claim_code: makes a code lead to the room, unless it leads to another. Claimed again, it is kept for longer.
-- KEYS  1 code
-- ARGV  1 room_id
-- Reply taken | ok
register('claim_code', function(keys, args)
  local code_key = keys[1]
  local room_id = args[1]
  local holder = redis.call('GET', code_key)
  if holder and holder ~= room_id then return { 'taken' } end
  redis.call('SET', code_key, room_id, 'EX', CODE_KEPT)
  return { 'ok' }
end)

-- give_code: gives the room a claimed code, unless another call has given it one meanwhile.
-- KEYS  1 room
-- ARGV  1 code  2 before: the code that the caller read, '' for none
-- Reply room_not_found | room_unknown | ok, code that the room has now
register('give_code', function(keys, args)
  local room_key = keys[1]
  local code, before = args[1], args[2]
  if redis.call('EXISTS', room_key) == 0 then return rooms.missing(room_key) end
  local present = redis.call('HGET', room_key, 'code') or ''
  if present ~= before then return { 'ok', present } end
  redis.call('HSET', room_key, 'code', code, 'code_at', server.now())
  return { 'ok', code }
end)
