-- A room's hash: loaded with one command, its log epoch renewed where the server may have forgotten something.
-- Numbers (seq, ack, written, trimmed) count one log that survives every log epoch; an epoch's base is the seq at its start.

local rooms = {}

local DAY = 24 * 3600
local QUARTER_HOUR = 15 * 60
local LOG_LIMIT = 10000 -- unacknowledged triggers a room keeps; beyond, it is as if paused

local NUMBERS = {
  'round', 'paused', 'term', 'seen_at', 'epoch', 'seq', 'ack', 'acking', 'written', 'trimmed', 'kept', 'kept_at',
  'told_viewers', 'told_at', 'blocked', 'show_names', 'keyed', 'renewed',
}
local TEXTS = { 'id', 'status', 'owner', 'history', 'bases', 'rules', 'watchers' }
local FIELDS = {} -- numbers, then texts; no ipairs, for a library's load runs without Lua's globals
for i = 1, #NUMBERS do FIELDS[i] = NUMBERS[i] end
for i = 1, #TEXTS do FIELDS[#NUMBERS + i] = TEXTS[i] end

-- The room as a table, or nil where there is none.
function rooms.load(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  if not values[#NUMBERS + 1] then return nil end
  local room = { key = key, now = server.now() }
  for i = 1, #NUMBERS do room[FIELDS[i]] = tonumber(values[i]) or 0 end
  for i = #NUMBERS + 1, #FIELDS do room[FIELDS[i]] = values[i] or '' end
  room.hold = rules.of(room).hold
  return room
end

-- Another history than the room last saw opens a new log epoch: what it forgot can never be mistaken for what comes.
-- Called before a room's first write; a function that writes nothing of the log or the counts (as who watches) leaves
-- the log epoch as it is.
function rooms.renew_log_epoch(room)
  local history = server.history(room.now)
  if room.history == history then return end
  room.history = history
  room.epoch = math.max(room.epoch + 1, room.now)
  room.bases = string.format('%s,%d:%d', room.bases, room.epoch, room.seq)
  room.renewed = 1
  redis.call('HSET', room.key, 'history', history, 'epoch', room.epoch, 'bases', room.bases, 'renewed', 1)
end

-- The reply where there is no such room. A server that may have forgotten rooms cannot tell until somebody has gone
-- through their shard and made those anew that PostgreSQL knows: until then the room is unknown, not missing.
function rooms.missing(key)
  return { shards.restored(shards.mark_of(key), server.now()) and 'room_not_found' or 'room_unknown' }
end

function rooms.connected(room)
  return room.owner ~= '' and server.near(room.seen_at, room.now, shards.SEEN_FOR)
end

-- The moment (ms) from which the room's game counts as gone, unless its gateway says another word.
function rooms.gone_at(room)
  return room.owner == '' and room.seen_at or room.seen_at + shards.SEEN_FOR
end

-- How many more triggers the log can hold. A game that acknowledges is waited for; one that never does
-- (older games) counts as having what was written to its socket.
function rooms.free_log(room)
  local done = room.acking == 1 and room.ack or math.max(room.ack, room.written)
  return math.max(0, LOG_LIMIT - (room.seq - done))
end

-- Paused by the game, held while no game is connected, or the log is full.
function rooms.paused(room)
  return room.paused == 1 or (room.hold and not rooms.connected(room)) or rooms.free_log(room) == 0
end

-- Whether the first press opens the round: before the first one only, and while the game is there to play it.
function rooms.awaits_press(room)
  return room.status == 'active' and rules.of(room).starts_on_press and rooms.connected(room)
end

-- Opens the next round; its counts begin at zero, under keys of their own.
function rooms.open_round(room, running, blocked_key, at)
  room.round, room.status, room.paused = room.round + 1, 'in_game', 0
  redis.call('HSET', room.key, 'round', room.round, 'status', room.status, 'paused', 0, 'started_at', room.now)
  redis.call('HDEL', room.key, 'ended_at', 'summary_seq', 'end_entry')
  rooms.keep(room, blocked_key)
  shards.mark_running(running, room.id, rooms.gone_at(room))
  ledger.append(at, room.now, string.format('["start","%s",%d,%d]', room.id, room.now, room.round))
end

-- A viewer's name in the round, or false. The release before this one kept the names of all rounds in one hash.
function rooms.name_of(names_key, viewer)
  local of_all_rounds = string.gsub(names_key, ':%d+:names$', ':names')
  return redis.call('HGET', names_key, viewer) or redis.call('HGET', of_all_rounds, viewer)
end

-- Whether the ledger has passed the round's end.
function rooms.booked(room, stream)
  local id = redis.call('HGET', room.key, 'end_entry')
  return not id or ledger.passed(stream, id)
end

-- Keeps the room with its blocks, and its log where given, for a while without a word from anyone.
function rooms.keep(room, blocked_key, log_key)
  local unstarted = room.status == 'active' and room.keyed == 0
  redis.call('EXPIRE', room.key, unstarted and QUARTER_HOUR or DAY)
  if room.blocked > 0 then redis.call('EXPIRE', blocked_key, DAY) end
  if log_key then redis.call('EXPIRE', log_key, DAY) end
end

-- True when another socket owns the room under a greater term. A caller whose term is greater than the room's is the
-- owner still: a server that forgot its attach must not make it leave, and `check` has it attach again.
function rooms.fenced(room, term)
  return room.term > term
end
