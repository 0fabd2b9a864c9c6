-- What the duties do with a shard: see how far its ledger is, find rooms whose game is gone, vouch for its rooms.

-- tail: how much the ledger holds unread, and where it ends.
-- KEYS  1 ledger  2 mark of the shard
-- Reply ok, entries, epoch and n of the last entry ever, gone through since the server may have forgotten rooms 1|0
register('tail', function(keys)
  local entries, epoch, n = ledger.tail(keys[1])
  return { 'ok', entries, epoch, n, shards.restored(keys[2], server.now()) and 1 or 0 }
end, { 'no-writes' })

-- advance: has the ledger go on above an entry, if the server has forgotten that.
-- KEYS  1 ledger  2 ledger epoch
-- ARGV  1 epoch  2 n
-- Reply ok, epoch
register('advance', function(keys, args)
  return { 'ok', ledger.advance(ledger.at(keys, 1), server.now(), tonumber(args[1]), tonumber(args[2])) }
end, WHEN_FULL)

-- absent: the running rooms whose game is gone just now, by when it counts as gone. No gateway's word reaches further
-- than SEEN_FOR: where one seems to, the clock was set back since, and who lives speaks again.
-- KEYS  1 running rooms
-- Reply ok, room ids
register('absent', function(keys)
  local now = server.now()
  local absent = redis.call('ZRANGE', keys[1], '-inf', now, 'BYSCORE')
  for _, room_id in ipairs(redis.call('ZRANGE', keys[1], '(' .. now + shards.SEEN_FOR, '+inf', 'BYSCORE')) do
    absent[#absent + 1] = room_id
  end
  return { 'ok', absent }
end, { 'no-writes' })

-- restored: whoever asks has gone through the shard: a room that is not here is nowhere.
-- KEYS  1 mark of the shard
-- ARGV  1 memory that the caller's look at the shard began under, '' to be told it
-- Reply ok, memory, marked 1|0
register('restored', function(keys, args)
  local memory = shards.memory(keys[1], server.now())
  if args[1] == memory then shards.mark_restored(keys[1], memory) end
  return { 'ok', memory, args[1] == memory and 1 or 0 }
end, WHEN_FULL)
