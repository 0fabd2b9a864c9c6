-- After the server may have forgotten something: tells the ledger what it still has of a room, or rebuilds the room from
-- what PostgreSQL has of it.

-- rebuild: creates the room, unless it exists, in a new epoch of its log, whose only message is the summary of the last
-- round. A round that ran when the room was lost has ended.
-- KEYS  1 room
-- ARGV  1 memory of the shard that misses the room (see shards.memory)
--       2 lost: JSON, a `LostRoom` of shared/engine/rebuild.py
-- Reply moving | room_unknown (the server may have forgotten rooms once more) | room_exists | ok
register('rebuild', function(keys, args)
  local room_key = keys[1]
  local memory, lost = args[1], cjson.decode(args[2])
  local now, room_keys, at = server.now, rooms.keys_of(room_key), rooms.ledger_of(room_key)
  if not at then return { 'moving' } end
  if shards.memory(room_keys.restored) ~= memory then return { 'room_unknown' } end
  if redis.call('EXISTS', room_key) == 1 then return { 'room_exists' } end
  redis.call('DEL', room_keys.log, room_keys.blocked)
  for _, viewer in ipairs(lost.blocked) do redis.call('SADD', room_keys.blocked, viewer) end
  if lost.summary ~= '' then redis.call('XADD', room_keys.log, lost.summary_id, 'm', lost.summary) end
  local room = lost.fields
  room.settings_version, room.history, room.blocked = now, server.history(), #lost.blocked
  for field, value in pairs(room) do redis.call('HSET', room_key, field, value) end
  room.key, room.keys, room.ledger, room.now = room_key, room_keys, at, now
  rooms.extend_expiry(room, true)
  rooms.book(room, 'rebuild', ',%d,%d', room.epoch, lost.base)
  if lost.finish ~= '' then redis.call('HSET', room_key, 'end_entry', ledger.append(at, lost.finish)) end
  return { 'ok' }
end)

-- renew: tells the ledger what the server still has of the room, unless it has been told since the server may have
-- forgotten something.
-- KEYS  1 room
-- Reply moving | ok, the server has the room 1|0
register('renew', function(keys)
  local room_key = keys[1]
  local room, refusal = rooms.load(room_key)
  if not room then return refusal[1] == 'moving' and refusal or { 'ok', 0 } end
  rooms.renew_log_epoch(room)
  buttons.book_renewal(room)
  return { 'ok', 1 }
end, server.WHEN_FULL)
