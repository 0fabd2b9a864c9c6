-- What the duties do with a shard: see how far its ledger is, find rooms whose game is gone, vouch for its rooms.

-- tail: how much the ledger holds unread, and where it ends.
-- KEYS  1 ledger  2 restored, the mark of the shard
-- Reply ok, entries, ledger_epoch and n of the last entry ever,
--       gone through since the server may have forgotten rooms 1|0
register('tail', function(keys)
  local ledger_key, restored_key = unpack(keys)
  local entries, ledger_epoch, n = ledger.tail(ledger_key)
  return { 'ok', entries, ledger_epoch, n, shards.restored(restored_key, server.now()) and 1 or 0 }
end, { 'no-writes' })

-- advance: has the ledger go on above an entry, if the server has forgotten that.
-- KEYS  1 ledger  2 ledger_epoch
-- ARGV  1 ledger_epoch  2 n
-- Reply ok, ledger_epoch
register('advance', function(keys, args)
  local ledger_key, ledger_epoch_key = unpack(keys)
  local ledger_epoch, n = tonumber(args[1]), tonumber(args[2])
  return { 'ok', ledger.advance(ledger.at(ledger_key, ledger_epoch_key), server.now(), ledger_epoch, n) }
end, WHEN_FULL)

-- absent: the running rooms whose game is gone just now, by when it counts as gone. No gateway's word reaches further
-- than SEEN_FOR: where one seems to, the clock was set back since, and who lives speaks again.
-- KEYS  1 running
-- Reply ok, room ids
register('absent', function(keys)
  local running_key = keys[1]
  local now = server.now()
  local absent = redis.call('ZRANGE', running_key, '-inf', now, 'BYSCORE')
  for _, room_id in ipairs(redis.call('ZRANGE', running_key, '(' .. now + shards.SEEN_FOR, '+inf', 'BYSCORE')) do
    absent[#absent + 1] = room_id
  end
  return { 'ok', absent }
end, { 'no-writes' })

-- restored: whoever asks has gone through the shard: a room that is not here is nowhere.
-- KEYS  1 restored, the mark of the shard
-- ARGV  1 memory that the caller's check of the shard began under, '' to be told it
-- Reply ok, memory, marked 1|0
register('restored', function(keys, args)
  local restored_key = keys[1]
  local memory = args[1]
  local current = shards.memory(restored_key, server.now())
  if memory == current then shards.mark_restored(restored_key, current) end
  return { 'ok', current, memory == current and 1 or 0 }
end, WHEN_FULL)
