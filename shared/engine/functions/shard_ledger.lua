-- A shard: the rooms under one hash tag. Its ledger; which of its running rooms have no game; and whether its lost
-- rooms were rebuilt since the server may last have forgotten rooms. Its registered functions are those that the API
-- service's duties call.
--
-- The ledger is what happens to the rooms, for PostgreSQL, as a stream of JSON arrays with ids <ledger_epoch>-<n>,
-- n without gaps. The API service writes PostgreSQL from it. After a change of history (see server.history) a new
-- ledger epoch begins, so that ids never go backwards, whatever the server forgot and whatever its clock shows. Entry 0
-- of an epoch holds the last id before it. Entries are trimmed only after they are committed in PostgreSQL.
-- Each entry `e` comes with `t`, the bytes of all entries up to and with it: so whoever trims need not have read what it
-- trims to know how many bytes are left.

local shards = { SEEN_FOR = 15000 } -- ms that a game counts as connected after a `check`, which comes every 5 s
local ledger = {}

-- Bytes. Few entries are larger: those of calls that fire thousands of triggers. By what these have more, unread entries may
-- pass their limit.
local LARGEST = 128 * 1024

local function parts_of(id)
  local ledger_epoch, n = string.match(id, '(%d+)-(%d+)')
  return tonumber(ledger_epoch), tonumber(n)
end

-- The key of the bytes: a hash of how many were appended, and how many of those were trimmed. Computed from the stream's
-- key: it is in the same slot, and one more key in each call would slow down all presses.
local function bytes_key(stream)
  return stream .. ':bytes'
end

-- The bytes of the unread entries.
local function bytes_of(stream)
  local counted = redis.call('HMGET', bytes_key(stream), 'appended', 'trimmed')
  return math.max(0, tonumber(counted[1] or 0) - tonumber(counted[2] or 0))
end

local function append_as(stream, id, entry)
  local total = redis.call('HINCRBY', bytes_key(stream), 'appended', #entry)
  return redis.call('XADD', stream, id, 'e', entry, 't', total)
end

-- The number of unread entries, and the ledger epoch and n of the last entry ever appended.
local function tail_of(stream)
  if redis.call('EXISTS', stream) == 0 then return 0, 0, 0 end
  local facts = server.map(redis.call('XINFO', 'STREAM', stream))
  local ledger_epoch, n = parts_of(facts['last-generated-id'])
  return facts.length, ledger_epoch, n
end

-- Opens the next epoch of a ledger (see rooms.ledger_of); it is greater than the last one and than `above`.
local function open_ledger_epoch(at, above)
  local now, history, _, last_ledger_epoch, last_n = server.now, server.history(), tail_of(at.stream)
  local ledger_epoch = math.max(last_ledger_epoch + 1, above + 1, now)
  local entry = string.format('["epoch","",%d,%d,%d]', now, last_ledger_epoch, last_n)
  append_as(at.stream, ledger_epoch .. '-0', entry)
  redis.call('SET', at.epoch_key, history .. ' ' .. ledger_epoch)
  return ledger_epoch
end

local parts_of_epoch = rules.remembering(function(text)
  local history, ledger_epoch = string.match(text, '(%w+) (%d+)')
  return { history = history, next = ledger_epoch and ledger_epoch .. '-*' }
end)

-- Appends an entry and returns its id.
function ledger.append(at, entry)
  if not at.next then
    local parts = parts_of_epoch(at.epoch or '')
    at.next = parts.history == server.history() and parts.next or open_ledger_epoch(at, 0) .. '-*'
  end
  return append_as(at.stream, at.next, entry)
end

local limits_of = rules.remembering(function(text)
  local entries, bytes = string.match(text, '(%d+) (%d+)')
  return { entries = tonumber(entries), bytes = tonumber(bytes) }
end)

-- Whether the shard has as many unread entries, or bytes of them, as `limits` ("<entries> <bytes>") allow. Then whatever
-- adds to the ledger is refused, with these exceptions, since a game that says them once would be out of step with its
-- room: the end of a round, and a pause or `resume` that discards, of which a room has a number a minute, and the last word
-- on a trigger.
-- Nor is what is bounded by itself: a revoked token, a heartbeat once an hour, a room's code, a room that is rebuilt or
-- renewed.
function ledger.full(at, limits)
  local most, unread = limits_of(limits), redis.call('XLEN', at.stream)
  if unread >= most.entries then return true end
  if unread * LARGEST < most.bytes then return false end -- most presses need no further command
  return unread > 0 and bytes_of(at.stream) >= most.bytes
end

-- Whether the entry `id`, if there is one, has been trimmed, and so is committed in PostgreSQL.
function ledger.passed(at, id)
  local first = id and redis.call('XRANGE', at.stream, '-', '+', 'COUNT', 1)[1]
  if not first then return true end
  local first_ledger_epoch, first_n = parts_of(first[1])
  local ledger_epoch, n = parts_of(id)
  return first_ledger_epoch > ledger_epoch or (first_ledger_epoch == ledger_epoch and first_n > n)
end

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
  local entries, ledger_epoch, n = tail_of(ledger_key)
  return { 'ok', { map = {
    unread = entries, unread_bytes = bytes_of(ledger_key), last = { ledger_epoch, n },
    restored = shards.restored(restored_key) or nil,
  } } }
end, server.READ_ONLY)

-- trim: deletes everything up to and with an entry that PostgreSQL has committed. If the ledger does not hold it, it was
-- trimmed before, or an older copy of the server came back since it was read, whose entries may not be committed.
-- KEYS  1 ledger
-- ARGV  1 id: of the entry  2 following: the id of the next one
-- Reply ok
register('trim', function(keys, args)
  local ledger_key = keys[1]
  local id, following = unpack(args)
  local last = redis.call('XRANGE', ledger_key, id, id)[1]
  if not last then return { 'ok' } end
  redis.call('XTRIM', ledger_key, 'MINID', '=', following)
  local counted = bytes_key(ledger_key)
  local counts = redis.call('XLEN', ledger_key) > 0 and last[2][4] or redis.call('HGET', counted, 'appended')
  if counts then redis.call('HSET', counted, 'trimmed', counts) end
  return { 'ok' }
end, server.WHEN_FULL)

-- advance: makes sure that the ledger continues after an entry: opens a new ledger epoch if the server has forgotten it.
-- KEYS  1 ledger  2 ledger_epoch
-- ARGV  1 ledger_epoch  2 n
-- Reply ok, the current ledger epoch
register('advance', function(keys, args)
  local ledger_key, ledger_epoch_key = unpack(keys)
  local ledger_epoch, n = tonumber(args[1]), tonumber(args[2])
  local _, last_ledger_epoch, last_n = tail_of(ledger_key)
  if last_ledger_epoch > ledger_epoch or (last_ledger_epoch == ledger_epoch and last_n >= n) then
    return { 'ok', last_ledger_epoch }
  end
  return { 'ok', open_ledger_epoch({ stream = ledger_key, epoch_key = ledger_epoch_key }, ledger_epoch) }
end, server.WHEN_FULL)

-- The rooms of a sorted set whose time (ms) has come. It is set at most `most` ahead: if one is further ahead, the clock was
-- set back, and the room is among them.
local function rooms_due(key, most, ...)
  local room_ids = redis.call('ZRANGE', key, '-inf', server.now, 'BYSCORE', ...)
  for _, room_id in ipairs(redis.call('ZRANGE', key, '(' .. server.now + most, '+inf', 'BYSCORE', ...)) do
    room_ids[#room_ids + 1] = room_id
  end
  return room_ids
end

-- absent: the running rooms whose game counts as gone now. `check` sets that time anew.
-- KEYS  1 running
-- Reply ok, room ids
register('absent', function(keys)
  local running_key = keys[1]
  return { 'ok', rooms_due(running_key, shards.SEEN_FOR) }
end, server.READ_ONLY)

local ROOMS = 100 -- rooms that one call returns, of each kind, at most
local DUE_AGAIN = 500 -- ms

-- due: the rooms whose round's time may be over. They are due again in half a second, unless `finish` has decided otherwise.
-- KEYS  1 ends
-- Reply ok, room ids
register('due', function(keys)
  local ends_key = keys[1]
  local room_ids = rooms_due(ends_key, round_clock.CHECK_EVERY, 'LIMIT', 0, ROOMS)
  for _, room_id in ipairs(room_ids) do redis.call('ZADD', ends_key, server.now + DUE_AGAIN, room_id) end
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
