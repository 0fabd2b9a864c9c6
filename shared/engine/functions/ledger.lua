-- The ledger of a shard: what happens to its rooms, for PostgreSQL, as a stream of JSON arrays with ids <ledger_epoch>-<n>,
-- n without gaps. The API service writes PostgreSQL from it. After a change of history (see server.history) a new
-- ledger epoch begins, so that ids never go backwards, whatever the server forgot and whatever its clock shows. Entry 0
-- of an epoch holds the last id before it. Entries are trimmed only after they are committed in PostgreSQL.
-- Each entry `e` comes with `t`, the bytes of all entries up to and with it: so whoever trims need not have read what it
-- trims to know how many bytes are left.

local ledger = {}

-- Bytes. Few entries are larger: those of calls that fire thousands of triggers. By what these have more, unread entries may
-- pass their limit.
local LARGEST = 128 * 1024

-- A shard's ledger, for one function call: the keys of its stream and of the string "<history> <ledger_epoch>", and that
-- string, false if there is none.
function ledger.at(stream, epoch_key, epoch)
  return { stream = stream, epoch_key = epoch_key, epoch = epoch, next = false }
end

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
function ledger.bytes(stream)
  local counted = redis.call('HMGET', bytes_key(stream), 'appended', 'trimmed')
  return math.max(0, tonumber(counted[1] or 0) - tonumber(counted[2] or 0))
end

local function append_as(stream, id, entry)
  local total = redis.call('HINCRBY', bytes_key(stream), 'appended', #entry)
  return redis.call('XADD', stream, id, 'e', entry, 't', total)
end

-- Deletes everything up to and with the entry `id`; the next one is `following`. Without that entry, it was trimmed before,
-- or an older copy of the server came back since it was read: its entries may not be committed.
function ledger.trim(stream, id, following)
  local last = redis.call('XRANGE', stream, id, id)[1]
  if not last then return end
  redis.call('XTRIM', stream, 'MINID', '=', following)
  local counts = redis.call('XLEN', stream) > 0 and last[2][4] or redis.call('HGET', bytes_key(stream), 'appended')
  if counts then redis.call('HSET', bytes_key(stream), 'trimmed', counts) end
end

-- The number of unread entries, and the ledger epoch and n of the last entry ever appended.
function ledger.tail(stream)
  if redis.call('EXISTS', stream) == 0 then return 0, 0, 0 end
  local facts = server.map(redis.call('XINFO', 'STREAM', stream))
  local ledger_epoch, n = parts_of(facts['last-generated-id'])
  return facts.length, ledger_epoch, n
end

-- Opens the next ledger epoch; it is greater than the last one and than `above`.
local function open_ledger_epoch(at, above)
  local now, history, _, last_ledger_epoch, last_n = server.now(), server.history(), ledger.tail(at.stream)
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

-- The id to append the next entry under.
local function next_id(at)
  local parts = parts_of_epoch(at.epoch or '')
  return parts.history == server.history() and parts.next or open_ledger_epoch(at, 0) .. '-*'
end

-- Makes sure that the next entry comes after (ledger_epoch, n), which the server may have forgotten: opens a new ledger
-- epoch if it has. Returns the current ledger epoch.
function ledger.advance(at, ledger_epoch, n)
  local _, last_ledger_epoch, last_n = ledger.tail(at.stream)
  if last_ledger_epoch > ledger_epoch or (last_ledger_epoch == ledger_epoch and last_n >= n) then
    return last_ledger_epoch
  end
  return open_ledger_epoch(at, ledger_epoch)
end

-- Appends an entry and returns its id.
function ledger.append(at, entry)
  at.next = at.next or next_id(at)
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
  return unread > 0 and ledger.bytes(at.stream) >= most.bytes
end

-- Whether the entry `id` has been trimmed, and so is committed in PostgreSQL.
function ledger.passed(stream, id)
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not first then return true end
  local first_ledger_epoch, first_n = parts_of(first[1])
  local ledger_epoch, n = parts_of(id)
  return first_ledger_epoch > ledger_epoch or (first_ledger_epoch == ledger_epoch and first_n > n)
end

-- Formats triggers, given as in a function's reply: event type, threshold, seq.
function ledger.fired(flat)
  local texts = {}
  for i = 1, #flat, 3 do texts[#texts + 1] = string.format('["%s",%d,%d]', unpack(flat, i, i + 2)) end
  return table.concat(texts, ',')
end
