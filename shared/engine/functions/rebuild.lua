-- Rebuilds a room that the server lost, from what PostgreSQL has of it.

-- rebuild: creates the room, unless it exists, in a new epoch of its log, whose only message is the summary of the last
-- round. A round that ran when the room was lost has ended: `finish` is its entry.
-- KEYS  1 room
-- ARGV  1 memory of the shard that misses the room (see shards.memory)
--       2 room_id  3 settings_json  4 rules_json  5 event_types, comma-separated  6 show_names 1|0  7 keyed 1|0
--       8 status  9 round  10 created_at  11 started_at or ''  12 ended_at or ''
--       13 log_epoch: the new one  14 base: the room's last number  15 bases of all its epochs
--       16 summary_epoch  17 summary_seq  18 summary: the message of the last round, '' (all three) before the first
--       19 lost_seq: the summary's number if the server lost its round, else 0  20 finish: JSON, '' for none
--       21 code or ''  22 tokens (JSON)  23… blocked viewers
-- Reply moving | room_unknown (the server may have forgotten rooms once more) | room_exists | ok
register('rebuild', function(keys, args)
  local room_key = keys[1]
  local memory, room_id, settings_json, rules_json, event_types, show_names, keyed, status, round, created_at, started_at,
    ended_at = unpack(args, 1, 12)
  local log_epoch, base, bases, summary_epoch, summary_seq, summary, lost_seq, finish, code, tokens = unpack(args, 13, 22)
  local next_blocked, now, room_keys = arguments.rest(args, 23), server.now(), rooms.keys_of(room_key)
  local at = rooms.ledger_of(room_key)
  if not at then return { 'moving' } end
  if shards.memory(shards.mark_of(room_key), now) ~= memory then return { 'room_unknown' } end
  if redis.call('EXISTS', room_key) == 1 then return { 'room_exists' } end
  redis.call('DEL', room_keys.log, room_keys.blocked)
  for viewer in next_blocked do redis.call('SADD', room_keys.blocked, viewer) end
  local blocked, seq, sent = redis.call('SCARD', room_keys.blocked), base, base
  if summary ~= '' then
    seq, sent = summary_seq, summary_seq - 1
    redis.call('XADD', room_keys.log, summary_epoch .. '-' .. summary_seq, 'm', summary)
  end
  redis.call('HSET', room_key, 'id', room_id, 'settings', settings_json, 'settings_version', now, 'rules',
    rules_json, 'types', event_types, 'show_names', show_names, 'keyed', keyed, 'status', status, 'round', round,
    'paused', 0, 'created_at', created_at, 'started_at', started_at, 'ended_at', ended_at, 'term', 0, 'owner', '',
    'history', server.history(now), 'epoch', log_epoch, 'bases', bases, 'seq', seq, 'ack', 0, 'written', sent,
    'trimmed', sent, 'summary_seq', summary_seq, 'lost_seq', lost_seq, 'code', code, 'tokens', tokens, 'blocked', blocked)
  local room = { key = room_key, keys = room_keys, status = status, keyed = tonumber(keyed), blocked = blocked }
  rooms.extend_expiry(room, true)
  ledger.append(at, now, string.format('["rebuild","%s",%d,%d,%d]', room_id, now, log_epoch, base))
  if finish ~= '' then redis.call('HSET', room_key, 'end_entry', ledger.append(at, now, finish)) end
  return { 'ok' }
end)
