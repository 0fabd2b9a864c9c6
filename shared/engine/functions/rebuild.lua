-- Rebuilds rooms that the server lost, from PostgreSQL: first their keys, piece by piece, then the room itself.
-- A shard has one attempt at a time. A later attempt, or a change of the server's history, invalidates it: a process
-- that was frozen must not write to a room that is in use again, and no room may be rebuilt on keys that were lost
-- again.

local ATTEMPT_KEPT = 3600 -- s

local function mark_of(attempt)
  return attempt .. ' ' .. server.history(server.now())
end

local function superseded(rebuilding_key, attempt)
  return redis.call('GET', rebuilding_key) ~= mark_of(attempt)
end

-- begin_rebuild: begins an attempt at a shard and invalidates the one before.
-- KEYS  1 rebuilding
-- ARGV  1 attempt
-- Reply ok
register('begin_rebuild', function(keys, args)
  local rebuilding_key = keys[1]
  local attempt = args[1]
  redis.call('SET', rebuilding_key, mark_of(attempt), 'EX', ATTEMPT_KEPT)
  return { 'ok' }
end)

-- clear_lost: deletes what an earlier attempt, or the lost room itself, left under the room's keys.
-- KEYS  1 rebuilding  2 room  3… all keys that are filled
-- ARGV  1 attempt
-- Reply superseded | room_exists | ok
register('clear_lost', function(keys, args)
  local rebuilding_key, room_key = unpack(keys, 1, 2)
  local next_filled = rest(keys, 3)
  local attempt = args[1]
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  if redis.call('EXISTS', room_key) == 1 then return { 'room_exists' } end
  for filled_key in next_filled do redis.call('UNLINK', filled_key) end -- one by one: unpack takes 8,000 at most
  return { 'ok' }
end)

-- fill_lost: adds a piece to a hash or set of a lost room.
-- KEYS  1 rebuilding  2 filled
-- ARGV  1 attempt  2 command: HSET | HINCRBY | SADD  3… its arguments
-- Reply superseded | ok
register('fill_lost', function(keys, args)
  local rebuilding_key, filled_key = unpack(keys)
  local attempt, command = unpack(args, 1, 2)
  local words = { unpack(args, 3) }
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  redis.call(command, filled_key, unpack(words))
  redis.call('EXPIRE', filled_key, DAY)
  return { 'ok' }
end)

-- fill_lost_answers: adds what the game said of the buttons of a lost room's round (see answers.lua).
-- KEYS  1 rebuilding  2 counts
-- ARGV  1 attempt  2… of each answer: unavailable | waiting, event type, reason or ''
-- Reply superseded | ok
register('fill_lost_answers', function(keys, args)
  local rebuilding_key, counts_key = unpack(keys)
  local attempt = args[1]
  local next_word = rest(args, 2)
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  for kind in next_word do
    local event_type, reason = next_word(), next_word()
    answers.set(counts_key, kind, event_type, kind == 'waiting' or reason)
  end
  redis.call('EXPIRE', counts_key, DAY)
  return { 'ok' }
end)

-- fill_lost_triggers: adds triggers of a lost room whose outcome its game may still tell, and the effects that last.
-- KEYS  1 rebuilding  2 room
-- ARGV  1 attempt  2… of each trigger: seq, log_epoch, at (ms), round, event type, threshold, name (JSON text),
--       status ('' for none), reason, ends_at (ms, 0 for none), viewer ('' for none)
-- Reply superseded | ok
register('fill_lost_triggers', function(keys, args)
  local rebuilding_key, room_key = unpack(keys)
  local attempt = args[1]
  local next_word = rest(args, 2)
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  local room = { key = room_key, keys = rooms.keys_of(room_key), now = server.now() }
  for seq in next_word do
    local record = {
      log_epoch = tonumber(next_word()), at = tonumber(next_word()), round = tonumber(next_word()),
      event_type = next_word(), threshold = tonumber(next_word()), name = next_word(), status = next_word(),
      reason = next_word(), duration = 0, ends_at = tonumber(next_word()), viewer = next_word(),
    }
    trigger_records.put(room, seq, record)
    if record.ends_at > room.now then effects.keep(room, seq, effects.text(record, seq)) end
  end
  return { 'ok' }
end)

-- fill_lost_viewers: adds names and presses of viewers to a lost room's round.
-- KEYS  1 rebuilding  2 room
-- ARGV  1 attempt  2 round  3… of each viewer: viewer, name or '', how many keys of `presses` (see viewer.lua), and of
--       each of those: key, presses
-- Reply superseded | ok
register('fill_lost_viewers', function(keys, args)
  local rebuilding_key, room_key = unpack(keys)
  local attempt, round = args[1], tonumber(args[2])
  local next_word = rest(args, 3)
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  local told, ids = {}, {}
  for id in next_word do
    local one = { id = id, name = next_word(), presses = {} }
    for _ = 1, tonumber(next_word()) do
      local key = tonumber(next_word())
      one.presses[key] = tonumber(next_word())
    end
    told[#told + 1], ids[#ids + 1] = one, id
  end
  local room = { key = room_key, round = round, viewers_since = round, viewers_before = round, now = server.now() }
  local by_id = viewers.load(room, ids)
  for _, one in ipairs(told) do
    local viewer = by_id[one.id]
    if one.name ~= '' then viewer.name, viewer.named = one.name, true end
    for key, presses in pairs(one.presses) do viewer.presses[key] = presses end
    viewer.changed = true
  end
  viewers.save(room, by_id)
  return { 'ok' }
end)

-- fill_lost_top: adds viewers to a top list of a lost room's round.
-- KEYS  1 rebuilding  2 top
-- ARGV  1 attempt  2… of each viewer: presses, viewer
-- Reply superseded | ok
register('fill_lost_top', function(keys, args)
  local rebuilding_key, top_key = unpack(keys)
  local attempt = args[1]
  local next_word, list = rest(args, 2), tops.open(top_key, 0, redis.call('ZCARD', top_key))
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  for presses in next_word do tops.enter(list, next_word(), tonumber(presses), tonumber(presses)) end
  tops.close(list)
  return { 'ok' }
end)

-- fill_lost_log: adds messages to a lost room's log, under their original numbers.
-- KEYS  1 rebuilding  2 log
-- ARGV  1 attempt  2… of each message: log_epoch-seq, JSON text
-- Reply superseded | ok
register('fill_lost_log', function(keys, args)
  local rebuilding_key, log_key = unpack(keys)
  local attempt = args[1]
  local next_word = rest(args, 2)
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  for id in next_word do redis.call('XADD', log_key, id, 'm', next_word()) end
  redis.call('EXPIRE', log_key, DAY)
  return { 'ok' }
end)

-- rebuild: creates the lost room itself, once its keys are filled, in a new epoch of its log (`renewed`: the ledger
-- does not have that epoch yet). The log ends with the room's last number; the game is told of missing messages before
-- it. A game that never sends its position continues from the end; it may get a summary twice, so that it never misses
-- one.
-- KEYS  1 rebuilding  2 room  3 running  4 log  5 blocked  6… viewers, counts and tops of the round
-- ARGV  1 attempt  2 room_id  3 settings_json  4 rules_json  5 event_types, comma-separated  6 show_names 1|0
--       7 keyed 1|0  8 status  9 round  10 paused 1|0  11 created_at  12 started_at or ''  13 ended_at or ''
--       14 last_log_epoch  15 bases of its epochs  16 seq  17 summary_seq or ''  18 clock of the round or ''
-- Reply superseded | room_exists | ok
register('rebuild', function(keys, args)
  local rebuilding_key, room_key, running_key, log_key, blocked_key = unpack(keys, 1, 5)
  local next_of_round = rest(keys, 6)
  local attempt, room_id, settings_json, rules_json, event_types, show_names, keyed, status, round, paused, created_at,
    started_at, ended_at = unpack(args, 1, 13)
  local last_log_epoch, bases, seq, summary_seq, clock =
    tonumber(args[14]), args[15], tonumber(args[16]), tonumber(args[17]), args[18]
  if superseded(rebuilding_key, attempt) then return { 'superseded' } end
  if redis.call('EXISTS', room_key) == 1 then return { 'room_exists' } end
  local now, blocked_ones = server.now(), redis.call('SCARD', blocked_key)
  local log_epoch = math.max(last_log_epoch + 1, now)
  redis.call('HSET', room_key, 'layout', 1, 'id', room_id, 'settings', settings_json, 'settings_version', now,
    'rules', rules_json, 'types', event_types, 'show_names', show_names, 'keyed', keyed, 'status', status, 'round', round,
    'paused', paused, 'created_at', created_at, 'term', 0, 'owner', '', 'seen_at', now, 'history', server.history(now),
    'renewed', 1, 'epoch', log_epoch, 'bases', string.format('%s,%d:%d', bases, log_epoch, seq), 'seq', seq, 'ack', 0,
    'written', summary_seq and summary_seq - 1 or seq, 'trimmed', seq - redis.call('XLEN', log_key),
    'blocked', blocked_ones, 'viewers_since', round, 'viewers_before', round, 'viewers_at', now,
    'clock', clock)
  for field, value in pairs({ started_at = started_at, ended_at = ended_at, summary_seq = summary_seq }) do
    if value ~= '' then redis.call('HSET', room_key, field, value) end
  end
  -- The same expiry that press and finish set.
  for key in next_of_round do redis.call('EXPIRE', key, status == 'ended' and DAY or ROUND_KEPT) end
  rooms.keep({
    key = room_key, keys = rooms.keys_of(room_key), status = status, keyed = tonumber(keyed), blocked = blocked_ones,
  }, true)
  if status == 'in_game' then
    shards.mark_running(running_key, room_id, now)
    full_buttons.look_soon({ key = room_key, id = room_id, now = now })
    round_clock.schedule(rooms.load(room_key))
  end
  return { 'ok' }
end)
