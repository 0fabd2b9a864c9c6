-- Rooms that the server lost, made anew from PostgreSQL's books: their keys piece by piece, the room itself last.
-- One attempt at a time goes through a shard. A later one, and another history of the server, end those before: who was
-- frozen meanwhile must not write into a room that lives again, and no room may stand on keys that were forgotten.

local ATTEMPT_KEPT = 3600 -- s

local function mark_of(attempt)
  return attempt .. ' ' .. server.history(server.now())
end

local function superseded(key, attempt)
  return redis.call('GET', key) ~= mark_of(attempt)
end

-- begin_rebuild: an attempt at a shard; whoever is at it already can do nothing more.
-- KEYS  1 attempt
-- ARGV  1 attempt
-- Reply ok
register('begin_rebuild', function(keys, args)
  redis.call('SET', keys[1], mark_of(args[1]), 'EX', ATTEMPT_KEPT)
  return { 'ok' }
end)

-- clear_lost: forgets what an earlier attempt, or the room's former life, left under a lost room's keys.
-- KEYS  1 attempt  2 room  3… all keys that are filled
-- ARGV  1 attempt
-- Reply superseded | room_exists | ok
register('clear_lost', function(keys, args)
  if superseded(keys[1], args[1]) then return { 'superseded' } end
  if redis.call('EXISTS', keys[2]) == 1 then return { 'room_exists' } end
  redis.call('UNLINK', unpack(keys, 3))
  return { 'ok' }
end)

-- fill_lost: a piece of a hash, set or sorted set of a lost room.
-- KEYS  1 attempt  2 key
-- ARGV  1 attempt  2 HSET | HINCRBY | SADD | ZADD  3… what it takes
-- Reply superseded | ok
register('fill_lost', function(keys, args)
  if superseded(keys[1], args[1]) then return { 'superseded' } end
  redis.call(args[2], keys[2], unpack(args, 3))
  redis.call('EXPIRE', keys[2], DAY)
  return { 'ok' }
end)

-- fill_lost_log: a piece of a lost room's log, under the numbers that its messages had.
-- KEYS  1 attempt  2 log
-- ARGV  1 attempt  2… epoch-seq, message (JSON text)
-- Reply superseded | ok
register('fill_lost_log', function(keys, args)
  if superseded(keys[1], args[1]) then return { 'superseded' } end
  for i = 2, #args, 2 do redis.call('XADD', keys[2], args[i], 'm', args[i + 1]) end
  redis.call('EXPIRE', keys[2], DAY)
  return { 'ok' }
end)

-- rebuild: the lost room itself, once its keys are filled, in a new epoch of its log, which nobody has booked yet.
-- The log ends with the room's last number; what it lacks before is told to the game. A game that never says how far it
-- is goes on from the end, and gets a summary again rather than not.
-- KEYS  1 attempt  2 room  3 running rooms  4 log  5 blocked  6… names, counts and tops of the round
-- ARGV  1 attempt  2 room id  3 settings (JSON)  4 rules  5 event types, comma-separated  6 show names 1|0
--       7 opened with a key 1|0  8 status  9 round  10 paused 1|0  11 created_at  12 started_at or ''  13 ended_at or ''
--       14 last epoch  15 bases of its epochs  16 seq  17 number of the summary or ''
-- Reply superseded | room_exists | ok
register('rebuild', function(keys, args)
  if superseded(keys[1], args[1]) then return { 'superseded' } end
  if redis.call('EXISTS', keys[2]) == 1 then return { 'room_exists' } end
  local now, seq, summary_seq = server.now(), tonumber(args[16]), tonumber(args[17])
  local epoch, blocked_ones = math.max(tonumber(args[14]) + 1, now), redis.call('SCARD', keys[5])
  redis.call('HSET', keys[2], 'layout', 1, 'id', args[2], 'settings', args[3], 'settings_version', now, 'rules', args[4],
    'types', args[5], 'show_names', args[6], 'keyed', args[7], 'status', args[8], 'round', args[9], 'paused', args[10],
    'created_at', args[11], 'term', 0, 'owner', '', 'seen_at', now, 'history', server.history(now), 'renewed', 1,
    'epoch', epoch, 'bases', string.format('%s,%d:%d', args[15], epoch, seq), 'seq', seq, 'ack', 0,
    'written', summary_seq and summary_seq - 1 or seq, 'trimmed', seq - redis.call('XLEN', keys[4]),
    'blocked', blocked_ones)
  for field, value in pairs({ started_at = args[12], ended_at = args[13], summary_seq = args[17] }) do
    if value ~= '' then redis.call('HSET', keys[2], field, value) end
  end
  -- As long as press and finish keep them.
  for i = 6, #keys do redis.call('EXPIRE', keys[i], args[8] == 'ended' and DAY or ROUND_KEPT) end
  rooms.keep({ key = keys[2], status = args[8], keyed = tonumber(args[7]), blocked = blocked_ones }, keys[5], keys[4])
  if args[8] == 'in_game' then shards.mark_running(keys[3], args[2], now) end
  return { 'ok' }
end)
