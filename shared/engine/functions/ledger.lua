-- The ledger: all that happens to the rooms of a shard, as a stream of JSON arrays under ids <epoch>-<n>, n without gaps.
-- PostgreSQL is written from it. Another history opens a new epoch, so that ids never go backwards whatever the server
-- forgot or its clock says; the entry n = 0 of an epoch tells after which id it began. Nothing unread is ever trimmed.

local ledger = {}

-- Where a shard's ledger is: its stream, and the key that holds "<history> <epoch>".
function ledger.at(stream, epoch_key)
  return { stream = stream, epoch = epoch_key }
end

local function parts_of(id)
  local epoch, n = string.match(id, '(%d+)-(%d+)')
  return tonumber(epoch), tonumber(n)
end

-- Unread entries, and the epoch and n of the last entry ever.
function ledger.tail(stream)
  if redis.call('EXISTS', stream) == 0 then return 0, 0, 0 end
  local facts = {}
  local flat = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #flat, 2 do facts[flat[i]] = flat[i + 1] end
  local epoch, n = parts_of(facts['last-generated-id'])
  return facts.length, epoch, n
end

-- Opens the next epoch, above the last one and above `above`.
local function open_epoch(at, history, now, above)
  local _, last_epoch, last_n = ledger.tail(at.stream)
  local epoch = math.max(last_epoch + 1, above + 1, now)
  redis.call('XADD', at.stream, epoch .. '-0', 'e', string.format('["epoch","",%d,%d,%d]', now, last_epoch, last_n))
  redis.call('SET', at.epoch, history .. ' ' .. epoch)
  return epoch
end

local function current_epoch(at, now)
  local history, epoch = string.match(redis.call('GET', at.epoch) or '', '(%w+) (%d+)')
  if history == server.history(now) then return epoch end
  return open_epoch(at, server.history(now), now, 0)
end

-- Goes on in an epoch above an entry that the server has forgotten; returns the epoch.
function ledger.advance(at, now, epoch, n)
  local _, last_epoch, last_n = ledger.tail(at.stream)
  if last_epoch > epoch or (last_epoch == epoch and last_n >= n) then return last_epoch end
  return open_epoch(at, server.history(now), now, epoch)
end

-- Appends an entry and returns its id. An entry begins with its kind, the room and when (ms): see
-- shared/engine/ledger_entries.py. `at` remembers the epoch: it is one function's, and the history stays while that runs.
function ledger.append(at, now, entry)
  at.next = at.next or current_epoch(at, now) .. '-*'
  return redis.call('XADD', at.stream, at.next, 'e', entry)
end

function ledger.full(at, limit)
  return redis.call('XLEN', at.stream) >= limit
end

-- Whether the entry `id` has been read and trimmed; trimming only follows what PostgreSQL has committed.
function ledger.passed(stream, id)
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not first then return true end
  local first_epoch, first_n = parts_of(first[1])
  local epoch, n = parts_of(id)
  return first_epoch > epoch or (first_epoch == epoch and first_n > n)
end

-- JSON arrays of a flat list's groups of values, `form` being one group's text.
function ledger.groups(form, flat, size)
  local texts = {}
  for i = 1, #flat, size do texts[#texts + 1] = string.format(form, unpack(flat, i, i + size - 1)) end
  return table.concat(texts, ',')
end

-- Triggers as a function's reply has them: event type, threshold, seq.
function ledger.fired(flat)
  return ledger.groups('["%s",%d,%d]', flat, 3)
end
