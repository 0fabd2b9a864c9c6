-- The room's game socket: which gateway owns the room, under which term (a fencing token), and how far the game is in
-- the log.

local HOUR = 3600000 -- ms
local ATTACHES, ATTACH_WINDOW = 5, 10000 -- at most this many in this many ms

-- admit: whether a game may attach to this room. Called before the WebSocket upgrade; counts the attempt.
-- Reply room_over | too_many_attaches | ok
rooms.register('admit', function(room)
  local stored, recent = redis.call('HMGET', room.key, 'summary_seq', 'attached_at'), {}
  if rooms.over(room, stored[1]) then return { 'room_over' } end
  for at in string.gmatch(stored[2] or '', '%d+') do
    if server.near(tonumber(at), room.now, ATTACH_WINDOW) then recent[#recent + 1] = at end
  end
  if #recent >= ATTACHES then return { 'too_many_attaches' } end
  recent[#recent + 1] = room.now
  redis.call('HSET', room.key, 'attached_at', table.concat(recent, ','))
  return { 'ok' }
end, server.WHEN_FULL)

-- Returns the number after which delivery continues, and whether the log still covers everything that the game applied.
-- Delivery continues after what the game applied or acknowledged; if it sends neither, after what was last written to
-- its socket.
local function resume_after(room, log_epoch, seq, skip)
  local survived = seq and log.survived(room, log_epoch, seq)
  local whole = survived == seq and log.knows(room, log_epoch, seq)
  if skip then return room.seq, whole end
  if survived then return math.max(survived, room.ack), whole end
  return room.acking == 1 and room.ack or math.max(room.ack, room.written), true
end

-- What a game has from before this number ended with the server's data (see rebuild.lua).
local function lost_seq(room)
  return tonumber(redis.call('HGET', room.key, 'lost_seq') or 0)
end

-- Whether another socket attached after the one with this term (on `gateway`, if given). It did if
--   its term is greater; or
--   its term is smaller, it is on another gateway, and it attached as a new socket in the log's current epoch. This
--   happens if Redis had forgotten the terms and its clock is behind: the new term is then too small. (An older owner
--   attached in an earlier epoch, or attached again with its old term.)
local function came_after(room, term, gateway)
  if rooms.fenced(room, term) then return true end
  if room.owner == '' or room.owner == gateway or room.term == term then return false end
  local log_epoch = tonumber(redis.call('HGET', room.key, 'owner_epoch'))
  return log_epoch == room.epoch and room.history == server.history()
end

-- attach: makes a socket the room's owner. The previous owner gets a `replaced` message, and the greater term fences it
-- off. A socket that attaches again keeps its term, because its commands in flight carry that term.
-- A stand-in only keeps the room: it gets what fires from now on and acknowledges nothing. It replaces no game, but may
-- replace another stand-in, such as its own socket that the gateway does not yet know to be dead.
-- ARGV  1 gateway_id  2 log_epoch or ''  3 last_seq or ''  4 skip what is unacknowledged 1|0
--       5 former_term: the term that the socket had, '' for a new socket; refused if another socket attached after it
--       6 above: the new socket's term must exceed it; its gateway may know a term that Redis forgot
--       7 stand_in 1|0
-- Reply replaced, term | game_connected: a stand-in does not replace that game
--       | ok, `Attachment` of shared/engine/replies.py
rooms.register('attach', function(room, args)
  local gateway_id, log_epoch, last_seq, skip = args[1], tonumber(args[2]), tonumber(args[3]), args[4] == '1'
  local former_term, above, stand_in = tonumber(args[5]), tonumber(args[6]), args[7] == '1'
  if former_term and came_after(room, former_term, gateway_id) then return { 'replaced', room.term } end
  local is_new = not former_term
  if stand_in and is_new and room.stand_in == 0 and rooms.connected(room) then return { 'game_connected' } end
  rooms.renew_log_epoch(room)
  local start, survived = room.seq, true
  if not stand_in then start, survived = resume_after(room, log_epoch, last_seq, skip) end
  local trimmed = log.trimmed(room)
  local recovered = survived and start >= math.max(trimmed, lost_seq(room))
  start = math.max(start, trimmed)
  if room.owner ~= '' and not (former_term and room.owner == gateway_id) then
    redis.call('PUBLISH', 'game_events:' .. room.owner,
      string.format('{"type":"replaced","room_id":"%s","term":%d}', room.id, room.term))
  end
  room.owner, room.seen_at = gateway_id, room.now
  room.term = former_term or math.max(room.term + 1, above + 1, room.now)
  redis.call('HSET', room.key, 'owner', room.owner, 'term', room.term, 'owner_epoch', former_term and 0 or room.epoch,
    'seen_at', room.now, 'left_clean', 0, 'stand_in', stand_in and 1 or 0)
  rooms.note_game(room, rooms.gone_at(room))
  if not stand_in and (skip or last_seq) then log.acknowledge(room, start) end
  redis.call('HSET', room.key, 'written', math.max(room.written, start))
  rooms.extend_expiry(room, true)
  if rules.of(room).hold then watchers.nudge(room) end
  return { 'ok', { map = {
    term = room.term, log_epoch = room.epoch, seq = room.seq, start = start, recovered = recovered or nil,
    status = room.status, round = room.round, viewer_count = active.count(room),
  } } }
end, server.WHEN_FULL)

local function note_written(room, log_epoch, seq)
  local written = log.survived(room, log_epoch, seq)
  if written > room.written then redis.call('HSET', room.key, 'written', written) end
end

-- detach: records that the socket is closed. Changes nothing if another socket owns the room by now.
-- ARGV  1 term  2 log_epoch or ''  3 seq of the last message written to the socket
--       4 clean 1|0: the game closed the socket with 1000
-- Reply ok
rooms.register('detach', function(room, args)
  local term, log_epoch, seq, clean = tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), args[4]
  if came_after(room, term) then return { 'ok' } end
  redis.call('HSET', room.key, 'owner', '', 'seen_at', room.now, 'left_clean', clean)
  rooms.note_game(room, room.now)
  note_written(room, log_epoch, seq)
  rooms.extend_expiry(room, true)
  if rules.of(room).hold then watchers.nudge(room) end
  return { 'ok' }
end, server.WHEN_FULL)

-- check: the gateway's heartbeat for a room. It keeps the game counted as connected and returns the log's last number,
-- so that the gateway can read what it missed. The first of each hour extends the expiry of what belongs to the running
-- round, which otherwise only somebody who presses for the first time does.
-- ARGV  1 term
-- Reply replaced, term | lost (the room forgot this term)
--       | ok, `Checked` of shared/engine/replies.py
rooms.register('check', function(room, args)
  local term = tonumber(args[1])
  if room.term > term then return { 'replaced', room.term } end
  if room.term < term or room.owner == '' then return { 'lost' } end
  rooms.renew_log_epoch(room)
  local viewer_count = active.count(room)
  redis.call('HSET', room.key, 'seen_at', room.now, 'published_viewers', viewer_count)
  rooms.note_game(room, room.now + shards.SEEN_FOR)
  rooms.extend_expiry(room, true)
  if math.floor(room.seen_at / HOUR) ~= math.floor(room.now / HOUR) then
    rooms.book(room, 'seen', '')
    if room.status == 'in_game' then tops.expire_round(room, server.ROUND_TTL) end
  end
  return { 'ok', { map = {
    log_epoch = room.epoch, seq = room.seq, viewer_count = viewer_count, status = room.status, round = room.round,
    paused = room.paused, stopped = rooms.stopped(room) or nil,
  } } }
end, server.WHEN_FULL)

-- written: stores the last number written to the socket, for games that never send their position.
-- ARGV  1 term  2 log_epoch or ''  3 seq
-- Reply replaced, term | ok
rooms.register('written', function(room, args)
  local term, log_epoch, seq = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  note_written(room, log_epoch, seq)
  return { 'ok' }
end, server.WHEN_FULL)

-- ack: the game acknowledges everything up to (log_epoch, seq).
-- ARGV  1 term  2 log_epoch  3 seq
-- Reply replaced, term | ok, how many messages this acknowledges for the first time
rooms.register('ack', function(room, args)
  local term, log_epoch, seq = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if room.acking == 0 then redis.call('HSET', room.key, 'acking', 1) end
  local before = room.ack
  log.acknowledge(room, log.survived(room, log_epoch, seq))
  return { 'ok', room.ack - before }
end, server.WHEN_FULL)

-- read: messages after the game's (log_epoch, seq), and the number that the first of them follows.
-- ARGV  1 log_epoch  2 seq  3 limit
-- Reply ok, `LogPage` of shared/engine/replies.py, its messages as JSON
rooms.register('read', function(room, args)
  local log_epoch, seq, limit = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  rooms.renew_log_epoch(room)
  local start = math.max(log.survived(room, log_epoch, seq), log.trimmed(room))
  local recovered = start == seq and log.knows(room, log_epoch, seq)
    and (log_epoch == room.epoch or seq >= lost_seq(room))
  local messages = log.read(room, start, limit)
  return { 'ok', { map = { log_epoch = room.epoch, start = start, recovered = recovered or nil, messages = messages } } }
end, server.WHEN_FULL)
