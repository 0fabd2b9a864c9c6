-- The room's log: a stream with ids <log_epoch>-<seq>. Delivery reads the log; PUBLISH is only a nudge, which may be
-- lost.

local log = {}

local ACKED_FOR = 60000 -- ms that acknowledged entries live at least

-- Calls visit(log_epoch, base) for each log epoch of the room, oldest first.
function log.each_epoch(room, visit)
  for log_epoch, base in string.gmatch(room.bases, '(%d+):(%d+)') do
    visit(tonumber(log_epoch), tonumber(base))
  end
end

-- The stream id of number `seq`, which may be the next one.
local function id_of(room, seq)
  local found = 0
  log.each_epoch(room, function(log_epoch, base)
    if base < seq then found = log_epoch end
  end)
  return string.format('%d-%d', found, seq)
end

-- Translates a game's (log_epoch, seq) to a number of the surviving log: the smallest of `seq`, the room's last number
-- and the bases of all later epochs. `log_epoch` nil means the current one. If the server forgot an epoch and its clock is
-- behind, that epoch is greater than the current one. It then counts as ended at the base of the current one.
function log.survived(room, log_epoch, seq)
  local survived = math.min(seq, room.seq)
  if not log_epoch then return survived end
  log.each_epoch(room, function(later, base)
    if later > log_epoch or (later == room.epoch and log_epoch > later) then survived = math.min(survived, base) end
  end)
  return survived
end

-- Whether the room's log ever had this epoch (nil = the current one), or a game has nothing of it: `seq` 0. An unknown
-- epoch was opened by a server whose data is lost: it may have held other messages under these numbers.
function log.knows(room, log_epoch, seq)
  local known = not log_epoch or seq == 0
  log.each_epoch(room, function(each) known = known or each == log_epoch end)
  return known
end

-- Appends one numbered message and nudges the owner. `message(seq)` returns its JSON text.
function log.append(room, message)
  room.seq = room.seq + 1
  local text = message(room.seq)
  redis.call('XADD', room.keys.log, string.format('%d-%d', room.epoch, room.seq), 'm', text)
  if room.owner ~= '' then redis.call('PUBLISH', 'game_events:' .. room.owner, text) end
  return text
end

-- Writes the last number that `append` reached, and trims the log to its limit where nobody acknowledges.
function log.close(room)
  redis.call('HSET', room.key, 'seq', room.seq)
  redis.call('EXPIRE', room.keys.log, server.DAY)
  local oldest = room.seq - rooms.LOG_LIMIT
  if not rooms.acknowledges(room) and oldest >= 100 and oldest - log.trimmed(room) >= 100 then log.trim(room, oldest) end
end

-- The number up to and including which everything was deleted.
function log.trimmed(room)
  return tonumber(redis.call('HGET', room.key, 'trimmed') or 0)
end

-- Deletes everything up to and including number `seq`.
function log.trim(room, seq)
  redis.call('XTRIM', room.keys.log, 'MINID', '=', id_of(room, seq + 1))
  redis.call('HSET', room.key, 'trimmed', seq)
end

-- Moves the acknowledgement to `seq` and deletes entries that were acknowledged a minute ago. The room
-- remembers one such position at a time (`old_ack`), so an acknowledged entry lives for one to two minutes.
function log.acknowledge(room, seq)
  if seq > room.ack then
    room.ack = seq
    redis.call('HSET', room.key, 'ack', seq)
  end
  local stored = redis.call('HMGET', room.key, 'old_ack', 'old_ack_at')
  local old_ack, noted_at = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
  if server.near(noted_at, room.now, ACKED_FOR) then return end
  if old_ack > log.trimmed(room) then log.trim(room, old_ack) end
  redis.call('HSET', room.key, 'old_ack', room.ack, 'old_ack_at', room.now)
end

-- Up to `limit` messages after number `seq`, as JSON texts.
function log.read(room, seq, limit)
  local texts = {}
  if seq >= room.seq then return texts end
  for _, entry in ipairs(redis.call('XRANGE', room.keys.log, id_of(room, seq + 1), '+', 'COUNT', limit)) do
    texts[#texts + 1] = entry[2][2]
  end
  return texts
end
