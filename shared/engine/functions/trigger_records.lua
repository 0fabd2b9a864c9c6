-- The triggers of a room from the last ten minutes, which the game may still tell the outcome of. Hashes of ten minutes each
-- have them by number, and expire as a whole.

local trigger_records = { PERIOD = 600000 } -- ms

local MOST = 100000 -- triggers of one hash, about 20 MB; the game can tell no outcome of those that fire beyond
local STARTS = 10 -- times that a trigger may begin, each with another duration or reason: each adds to the ledger

local function records_of(room, at)
  return string.format('%s:triggers:%d', room.key, math.floor(at / trigger_records.PERIOD))
end

-- What a record says, in the order in which it is packed: `name` is JSON text; `status` '' for none; `starts` how often the
-- trigger began; times in ms, `ends_at` 0 for none.
local FIELDS = {
  'log_epoch', 'at', 'round', 'event_type', 'threshold', 'name', 'status', 'reason', 'duration', 'ends_at', 'viewer',
  'starts',
}

local function packed_record(record)
  local values = {}
  for i, field in ipairs(FIELDS) do values[i] = record[field] end
  return cmsgpack.pack(unpack(values))
end

-- Records the next `n` triggers of a button, which fire now and take so many presses each; `name` is JSON text.
function trigger_records.add(room, event_type, presses, n, name, viewer)
  local key, entries = records_of(room, room.now), {}
  if redis.call('HLEN', key) + n > MOST then return end
  local packed = packed_record({
    log_epoch = room.epoch, at = room.now, round = room.round, event_type = event_type, threshold = presses, name = name,
    status = '', reason = '', duration = 0, ends_at = 0, viewer = viewer, starts = 0,
  })
  for i = 1, n do entries[2 * i - 1], entries[2 * i] = room.seq + i, packed end
  for first = 1, #entries, 4000 do redis.call('HSET', key, unpack(entries, first, math.min(#entries, first + 3999))) end
  redis.call('PEXPIRE', key, 2 * trigger_records.PERIOD)
end

-- The record of trigger (log_epoch, seq), with its `key`; or nil.
function trigger_records.find(room, log_epoch, seq)
  for _, periods_ago in ipairs({ 0, 1, -1 }) do -- the next one if the clock was set back
    local record = { key = records_of(room, room.now - periods_ago * trigger_records.PERIOD) }
    local packed = redis.call('HGET', record.key, seq)
    local values = packed and { cmsgpack.unpack(packed) } or {}
    for i, field in ipairs(FIELDS) do record[field] = values[i] end
    if record.log_epoch == log_epoch and server.near(record.at, room.now, trigger_records.PERIOD) then return record end
  end
  return nil
end

function trigger_records.save(seq, record)
  redis.call('HSET', record.key, seq, packed_record(record))
end

-- Whether the game has said this before, or how the trigger ended, or that it begins as often as it may.
function trigger_records.is_repeat(record, status, reason, duration)
  if record.status == 'done' or record.status == 'failed' then return true end
  if status == 'started' and record.starts >= STARTS then return true end
  return record.status == status and record.reason == reason and record.duration == duration
end
