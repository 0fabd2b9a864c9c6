-- A room's hash: loaded with one command. A new log epoch begins when the server may have forgotten something.
-- Numbers (seq, ack, written, trimmed) continue across log epochs; an epoch's base is the seq at its start.

local rooms = {}

local QUARTER_HOUR = 15 * 60
rooms.LOG_LIMIT = 10000 -- unacknowledged triggers that a room stores; at the limit it acts as paused

-- A room whose hash has no field. A table that is made in its full size costs much less than one that grows.
local function blank(key)
  return {
    key = key, now = server.now, keys = false, ledger = false,
    round = 0, paused = 0, stopped = 0, term = 0, seen_at = 0, epoch = 0, seq = 0, ack = 0, acking = 0, written = 0,
    published_viewers = 0, published_at = 0, blocked = 0, show_names = 0, renewed = 0, gather = 0, gather_at = 0,
    active_extended_at = 0, paused_for = 0, viewers_since = 0, viewers_before = 0, stand_in = 0,
    id = '', status = '', owner = '', history = '', bases = '', rules = '', types = '', watchers = '',
    clock = '', own_limit = '',
  }
end

-- Most numbers of a room are the same in the next call, and reading one from its text costs much more than this table.
rooms.number_of = rules.remembering(function(text) return tonumber(text) end)

-- The names of a room's fields in the hash: first those of numbers, then from `texts_at` on those of texts. Set by the first
-- call: Lua's globals are not available while a library loads.
local fields, texts_at

local function find_fields()
  fields = {}
  local room, texts = blank(''), {}
  room.key, room.now, room.keys, room.ledger = nil, nil, nil, nil
  for field, value in pairs(room) do table.insert(value == 0 and fields or texts, field) end
  texts_at = #fields + 1
  for _, field in ipairs(texts) do table.insert(fields, field) end
end

-- The keys of what belongs to the room and its shard, by name: all in the room's slot. Callers pass the room's key alone.
rooms.keys_of = rules.remembering(function(key)
  local shard = string.match(key, '^[^}]*}')
  local keys = {
    ledger = shard .. ':ledger', ledger_epoch = shard .. ':ledger:epoch', restored = shard .. ':ledger:restored',
    -- Sorted sets of rooms: by when to check whether their round's time is over, by when their game counts as gone (ms).
    ends = shard .. ':ends', running = shard .. ':running',
    none = key .. ':none', -- never exists
  }
  local names = { 'log', 'active', 'blocked', 'effects', 'lasting', 'arrivals' }
  for _, name in ipairs(names) do keys[name] = key .. ':' .. name end
  return keys
end)

-- The keys of a round: its counts, and who pressed most of all buttons, of a team's. Those of the last round that was asked
-- for are remembered, since most calls are for the running one.
function rooms.round_keys(room, round)
  local keys = room.keys
  if keys.round ~= round then
    local prefix = room.key .. ':' .. round .. ':'
    keys.round, keys.counts = round, prefix .. 'counts'
    keys.top_all, keys.top_skill, keys.top_enemy = prefix .. 'top:all', prefix .. 'top:skill', prefix .. 'top:enemy'
  end
  return keys.counts, keys.top_all, keys.top_skill, keys.top_enemy
end

-- The ledger of the room's shard, for one function call: the keys of its stream and of the string "<history>
-- <ledger_epoch>", and that string, false if there is none. Nil while a cluster moves the slot, so that some of its keys are
-- on another server: a function must not begin what it cannot end. The server refuses a command with two keys of which one
-- is missing exactly while it moves their slot.
function rooms.ledger_of(key)
  local keys = rooms.keys_of(key)
  local read = redis.pcall('MGET', keys.ledger_epoch, keys.none)
  return not read.err and { stream = keys.ledger, epoch_key = keys.ledger_epoch, epoch = read[1], next = false } or nil
end

-- The room as a table; or nil, and the reply that says why. A server that may have forgotten rooms replies `room_unknown`
-- until the API service has rebuilt from PostgreSQL the lost rooms of the shard; then it replies `room_not_found`.
function rooms.load(key)
  local at = rooms.ledger_of(key) -- nil while the slot moves
  if not at then return nil, { 'moving' } end
  if not fields then find_fields() end
  local values, room, number_of = redis.call('HMGET', key, unpack(fields)), blank(key), rooms.number_of
  for i = 1, texts_at - 1 do
    if values[i] then room[fields[i]] = number_of(values[i]) end
  end
  for i = texts_at, #fields do
    if values[i] then room[fields[i]] = values[i] end
  end
  room.keys, room.ledger = rooms.keys_of(key), at
  if room.id ~= '' then return room end
  return nil, { shards.restored(room.keys.restored) and 'room_not_found' or 'room_unknown' }
end

-- Registers a function of a room. Its only key is the room's; `callback` gets the loaded room, and ARGV. Each replies, as
-- well as what its comment says: room_not_found | room_unknown (the server may have forgotten it) | moving.
function rooms.register(name, callback, flags)
  register(name, function(keys, args)
    local room, refusal = rooms.load(keys[1])
    if not room then return refusal end
    return callback(room, args)
  end, flags)
end

-- Opens a new log epoch if the server's history has changed since the room's last write, so that new messages cannot be
-- mistaken for forgotten ones. Call it before the room's first write. A function that writes neither to the log nor to
-- the counts (such as watch) need not call it.
function rooms.renew_log_epoch(room)
  local history = server.history()
  if room.history == history then return end
  room.history = history
  room.epoch = math.max(room.epoch + 1, room.now)
  room.bases = string.format('%s,%d:%d', room.bases, room.epoch, room.seq)
  room.renewed = 1
  redis.call('HSET', room.key, 'history', history, 'epoch', room.epoch, 'bases', room.bases, 'renewed', 1)
end

function rooms.connected(room)
  return room.owner ~= '' and server.near(room.seen_at, room.now, shards.SEEN_FOR)
end

-- The time (ms) from which the room's game counts as gone, unless its gateway calls `check` again before.
function rooms.gone_at(room)
  return room.owner == '' and room.seen_at or room.seen_at + shards.SEEN_FOR
end

-- If a round is running, stores from when on (ms) its game counts as gone.
function rooms.note_game(room, gone_at)
  redis.call('ZADD', room.keys.running, 'XX', gone_at, room.id)
end

-- Whether the viewer is blocked in the room.
function rooms.blocks(room, viewer)
  return room.blocked > 0 and redis.call('SISMEMBER', room.keys.blocked, viewer) == 1
end

-- Whether the room hides the viewer's name from others.
function rooms.hides(room, viewer)
  return room.show_names == 0 or rooms.blocks(room, viewer)
end

-- Appends an entry to the ledger: its kind, the room, the time (ms), and what `form`, part of a JSON array, makes of the
-- rest. See shared/engine/ledger_entries.py. Returns the entry's id.
function rooms.book(room, kind, form, ...)
  return ledger.append(room.ledger, string.format('["' .. kind .. '","%s",%d' .. form .. ']', room.id, room.now, ...))
end

-- Whether what the room's game acknowledges tells how far it is. It does not for a game that never acknowledges (older
-- ones), nor while a stand-in has the room, or had it last.
function rooms.acknowledges(room)
  return room.acking == 1 and room.stand_in == 0
end

-- How many more triggers the log can hold. For a game that acknowledges, unacknowledged triggers use it up; for one
-- that does not, triggers not yet written to its socket.
function rooms.free_log(room)
  local done = rooms.acknowledges(room) and room.ack or math.max(room.ack, room.written)
  return math.max(0, rooms.LOG_LIMIT - (room.seq - done))
end

-- Whether the room is paused by the game, held because no game is connected, or has a full log.
function rooms.paused(room)
  return room.paused == 1 or (rules.of(room).hold and not rooms.connected(room)) or rooms.free_log(room) == 0
end

-- Whether the round is stopped: paused, and what comes meanwhile is discarded once it is resumed. `stopped` is the number
-- of the round that was stopped last, or 0; an older release resumes it without clearing that.
function rooms.stopped(room)
  return room.paused == 1 and room.stopped == room.round
end

-- Whether no game may attach any more: the last round has ended, and its game has acknowledged the summary, whose number
-- is `summary_seq`.
function rooms.over(room, summary_seq)
  return room.status == 'ended' and room.ack >= tonumber(summary_seq or 0)
end

-- Publishes the state of the round to the gateway of the room's game, which may want to know. It is part of `room_changed`:
-- a gateway of an older release ignores the part, but would take a message of another type for a lost one.
function rooms.publish_round(room)
  if room.owner == '' then return end
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"room_changed","room_id":"%s","round":{"status":"%s","round":%d,"paused":%s,"stopped":%s}}',
    room.id, room.status, room.round, room.paused == 1 and 'true' or 'false', rooms.stopped(room) and 'true' or 'false'))
end

-- Opens the next round, which a press does or the game. Its counts have separate keys and start at 0. Returns when the
-- bars of its buttons began.
function rooms.open_round(room, opened_by_press)
  room.round, room.status, room.paused = room.round + 1, 'in_game', 0
  redis.call('HSET', room.key, 'round', room.round, 'status', room.status, 'paused', 0, 'started_at', room.now,
    'opened_by_press', opened_by_press and 1 or 0)
  redis.call('HDEL', room.key, 'ended_at', 'summary_seq', 'end_entry')
  round_clock.begin(room)
  viewers.begin_round(room)
  rooms.extend_expiry(room)
  redis.call('ZADD', room.keys.running, rooms.gone_at(room), room.id)
  rooms.book(room, 'start', ',%d', room.round)
  rooms.publish_round(room)
  local counts = rooms.round_keys(room, room.round)
  return pacing.begin(room, counts, round_clock.play_time(room))
end

-- Extends the expiry of the room, of its blocked viewers and, if wanted, of its log.
function rooms.extend_expiry(room, with_log)
  local unstarted = room.status == 'active' and redis.call('HGET', room.key, 'keyed') ~= '1'
  redis.call('EXPIRE', room.key, unstarted and QUARTER_HOUR or server.DAY)
  if room.blocked > 0 then redis.call('EXPIRE', room.keys.blocked, server.DAY) end
  if with_log then redis.call('EXPIRE', room.keys.log, server.DAY) end
end

-- Whether another socket owns the room under a greater term (the fencing token). A caller whose term is greater than
-- the room's is not fenced: the server forgot its attach, and `check` makes it attach again. Nor is who has no term, but the
-- room token.
function rooms.fenced(room, term)
  return term and room.term > term
end
