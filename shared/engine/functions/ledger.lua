-- The ledger of a shard: everything that happens to its rooms, as a stream of JSON arrays with ids <ledger_epoch>-<n>,
-- n without gaps. The API service writes PostgreSQL from it. After a change of history (see server.history) a new
-- ledger epoch begins, so that ids never go backwards, whatever the server forgot and whatever its clock shows. Entry 0
-- of an epoch holds the last id before it. Entries are trimmed only after they are committed in PostgreSQL.

local ledger = {}

-- The keys of a shard's ledger: its stream, and the string "<history> <ledger_epoch>".
function ledger.at(stream, ledger_epoch_key)
  return { stream = stream, ledger_epoch = ledger_epoch_key }
end

local function parts_of(id)
  local ledger_epoch, n = string.match(id, '(%d+)-(%d+)')
  return tonumber(ledger_epoch), tonumber(n)
end

-- The number of unread entries, and the ledger epoch and n of the last entry ever appended.
function ledger.tail(stream)
  if redis.call('EXISTS', stream) == 0 then return 0, 0, 0 end
  local facts = {}
  local flat = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #flat, 2 do facts[flat[i]] = flat[i + 1] end
  local ledger_epoch, n = parts_of(facts['last-generated-id'])
  return facts.length, ledger_epoch, n
end

-- Opens the next ledger epoch; it is greater than the last one and than `above`.
local function open_ledger_epoch(at, history, now, above)
  local _, last_ledger_epoch, last_n = ledger.tail(at.stream)
  local ledger_epoch = math.max(last_ledger_epoch + 1, above + 1, now)
  local entry = string.format('["epoch","",%d,%d,%d]', now, last_ledger_epoch, last_n)
  redis.call('XADD', at.stream, ledger_epoch .. '-0', 'e', entry)
  redis.call('SET', at.ledger_epoch, history .. ' ' .. ledger_epoch)
  return ledger_epoch
end

local function current_ledger_epoch(at, now)
  local history, ledger_epoch = string.match(redis.call('GET', at.ledger_epoch) or '', '(%w+) (%d+)')
  if history == server.history(now) then return ledger_epoch end
  return open_ledger_epoch(at, server.history(now), now, 0)
end

-- Makes sure that the next entry comes after (ledger_epoch, n), which the server may have forgotten: opens a new ledger
-- epoch if it has. Returns the current ledger epoch.
function ledger.advance(at, now, ledger_epoch, n)
  local _, last_ledger_epoch, last_n = ledger.tail(at.stream)
  if last_ledger_epoch > ledger_epoch or (last_ledger_epoch == ledger_epoch and last_n >= n) then
    return last_ledger_epoch
  end
  return open_ledger_epoch(at, server.history(now), now, ledger_epoch)
end

-- Appends an entry and returns its id. An entry begins with its kind, the room and the time (ms): see
-- shared/engine/ledger_entries.py. `at` caches the epoch: it lives for one function call, in which the history does not
-- change.
function ledger.append(at, now, entry)
  at.next = at.next or current_ledger_epoch(at, now) .. '-*'
  return redis.call('XADD', at.stream, at.next, 'e', entry)
end

function ledger.full(at, limit)
  return redis.call('XLEN', at.stream) >= limit
end

-- Whether the entry `id` has been trimmed, and so is committed in PostgreSQL.
function ledger.passed(stream, id)
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not first then return true end
  local first_ledger_epoch, first_n = parts_of(first[1])
  local ledger_epoch, n = parts_of(id)
  return first_ledger_epoch > ledger_epoch or (first_ledger_epoch == ledger_epoch and first_n > n)
end

-- Formats each group of `size` values of a flat list with `form`, a JSON array.
function ledger.groups(form, flat, size)
  local texts = {}
  for i = 1, #flat, size do texts[#texts + 1] = string.format(form, unpack(flat, i, i + size - 1)) end
  return table.concat(texts, ',')
end

-- Formats triggers, given as in a function's reply: event type, threshold, seq.
function ledger.fired(flat)
  return ledger.groups('["%s",%d,%d]', flat, 3)
end
