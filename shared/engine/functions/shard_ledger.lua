-- A shard: the rooms under one hash tag. Records which running rooms have no game, and whether the shard's lost rooms
-- were rebuilt since the server may last have forgotten rooms. Its functions are those that the API service's duties call.

local shards = { SEEN_FOR = 15000 } -- ms that a game counts as connected after a `check`, which comes every 5 s

-- The mark is "<memory> <rebuilt 1|0>". <memory> names what the server has not forgotten since it began: its history, and
-- when the mark was created (µs), as "<history>-<created>". The mark is valid only under the server's current
-- history; FLUSHALL, which does not change the history, deletes it. A mark that cannot be read, for example while its
-- slot migrates, counts as missing.
local function read_mark(key)
  local mark = redis.pcall('GET', key)
  local history, began, gone_through = string.match(type(mark) == 'string' and mark or '', '^(%w+)-(%d+) ([01])$')
  if history == server.history() then return history .. '-' .. began, gone_through == '1' end
end

-- Whether the shard has every room that PostgreSQL has.
function shards.restored(key)
  local _, gone_through = read_mark(key)
  return gone_through or false
end

-- The id of the shard's memory; creates the mark if there is none.
function shards.memory(key)
  local memory = read_mark(key)
  if not memory then
    local time = redis.call('TIME')
    memory = string.format('%s-%s%06d', server.history(), time[1], time[2])
    redis.call('SET', key, memory .. ' 0')
  end
  return memory
end

-- tail: how many unread entries the ledger has, of how many bytes, and where it ends.
-- KEYS  1 ledger  2 restored, the mark of the shard
-- Reply ok, `Tail` of shared/engine/shard_ledger.py
register('tail', function(keys)
  local ledger_key, restored_key = unpack(keys)
  local entries, ledger_epoch, n = ledger.tail(ledger_key)
  return { 'ok', { map = {
    unread = entries, unread_bytes = ledger.bytes(ledger_key), last = { ledger_epoch, n },
    restored = shards.restored(restored_key) or nil,
  } } }
end, server.READ_ONLY)

-- trim: deletes everything up to and with an entry that PostgreSQL has committed, if the ledger holds that entry.
-- KEYS  1 ledger
-- ARGV  1 id: of the entry  2 following: the id of the next one
-- Reply ok
register('trim', function(keys, args)
  local ledger_key = keys[1]
  local id, following = unpack(args)
  ledger.trim(ledger_key, id, following)
  return { 'ok' }
end, server.WHEN_FULL)

-- advance: makes sure that the ledger continues after an entry, even if the server has forgotten that entry.
-- KEYS  1 ledger  2 ledger_epoch
-- ARGV  1 ledger_epoch  2 n
-- Reply ok, ledger_epoch
register('advance', function(keys, args)
  local ledger_key, ledger_epoch_key = unpack(keys)
  local ledger_epoch, n = tonumber(args[1]), tonumber(args[2])
  return { 'ok', ledger.advance(ledger.at(ledger_key, ledger_epoch_key, false), ledger_epoch, n) }
end, server.WHEN_FULL)

-- absent: the running rooms whose game counts as gone now. A `check` sets that time at most SEEN_FOR ahead: if it is
-- further ahead, the clock was set back, and the room counts as absent until its gateway calls `check` again.
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
end, server.READ_ONLY)

local ROOMS = 100 -- rooms that one call returns at most
local DUE_AGAIN = 500 -- ms

-- due: the rooms whose round's time may be over. They are due again in half a second, unless `finish` has decided otherwise.
-- Checks are scheduled at most CHECK_EVERY ahead: if one is further ahead, the clock was set back, and it is due.
-- KEYS  1 ends
-- Reply ok, room ids
register('due', function(keys)
  local ends_key = keys[1]
  local now = server.now()
  local room_ids = redis.call('ZRANGE', ends_key, '-inf', now, 'BYSCORE', 'LIMIT', 0, ROOMS)
  local too_far = redis.call('ZRANGE', ends_key, '(' .. now + round_clock.CHECK_EVERY, '+inf', 'BYSCORE', 'LIMIT', 0, ROOMS)
  for _, room_id in ipairs(too_far) do room_ids[#room_ids + 1] = room_id end
  for _, room_id in ipairs(room_ids) do redis.call('ZADD', ends_key, now + DUE_AGAIN, room_id) end
  return { 'ok', room_ids }
end, server.WHEN_FULL)

-- restored: marks the shard's lost rooms as rebuilt: from now on a missing room does not exist.
-- KEYS  1 restored, the mark of the shard
-- ARGV  1 memory that the caller began to rebuild under, '' to get the current one
-- Reply ok, memory, marked 1|0
register('restored', function(keys, args)
  local restored_key = keys[1]
  local memory = args[1]
  local current = shards.memory(restored_key)
  if memory == current then redis.call('SET', restored_key, current .. ' 1') end
  return { 'ok', current, memory == current and 1 or 0 }
end, server.WHEN_FULL)
