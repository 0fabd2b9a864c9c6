-- Looks at a room without changing it.

local LOOK = { 'no-writes' }

-- stats: every button's state, in the settings' order.
-- KEYS  1 room  2 active  3 counts
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round | ok, round, viewers, states
register('stats', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  local viewer_count = active.count(keys[2], room.now)
  return { 'ok', room.round, viewer_count, buttons.reply(room, buttons.load(room, keys[3], viewer_count)) }
end, LOOK)

-- describe: the room as others may see it.
-- KEYS  1 room  2 active
-- Reply room_not_found | room_unknown
--       | ok, status, round, paused 1|0, connected 1|0, created_at, started_at, ended_at (ms, '' where none),
--         settings (JSON), settings version, viewers, now (ms), event types
register('describe', function(keys)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  local rest = redis.call('HMGET', room.key, 'created_at', 'started_at', 'ended_at', 'settings', 'settings_version', 'types')
  return {
    'ok', room.status, room.round, rooms.paused(room) and 1 or 0, rooms.connected(room) and 1 or 0, rest[1],
    rest[2] or '', rest[3] or '', rest[4], rest[5], active.count(keys[2], room.now), room.now, rest[6],
  }
end, LOOK)

-- viewers: who pressed most in the round, by what name, and who of them is blocked.
-- KEYS  1 room  2 names of the round  3 blocked  4 top of all
-- ARGV  1 round  2 how many at most
-- Reply room_not_found | room_unknown | round_moved, round
--       | ok, round, (viewer, name or '', presses, blocked 1|0)…
register('viewers', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  local pressed, flat = redis.call('ZRANGE', keys[4], 0, args[2] - 1, 'REV', 'WITHSCORES'), {}
  for i = 1, #pressed, 2 do
    flat[#flat + 1] = pressed[i]
    flat[#flat + 1] = redis.call('HGET', keys[2], pressed[i]) or ''
    flat[#flat + 1] = tonumber(pressed[i + 1])
    flat[#flat + 1] = redis.call('SISMEMBER', keys[3], pressed[i])
  end
  return { 'ok', room.round, flat }
end, LOOK)

-- hidden: those of some viewers whose names the room shows to nobody.
-- KEYS  1 room  2 blocked
-- ARGV  viewers
-- Reply room_not_found | room_unknown | ok, viewers
register('hidden', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if room.show_names == 0 then return { 'ok', args } end
  local hidden = {}
  if room.blocked == 0 or #args == 0 then return { 'ok', hidden } end
  for i, is_blocked in ipairs(redis.call('SMISMEMBER', keys[2], unpack(args))) do
    if is_blocked == 1 then hidden[#hidden + 1] = args[i] end
  end
  return { 'ok', hidden }
end, LOOK)

-- viewer: what one viewer pressed in a round, by the name that it gave: for itself alone.
-- KEYS  1 names of the round  2 top of all  3… top of each button
-- ARGV  1 viewer
-- Reply ok, name or '', total, count of each button…
register('viewer', function(keys, args)
  local answer = { 'ok', redis.call('HGET', keys[1], args[1]) or '' }
  for i = 2, #keys do answer[#answer + 1] = tonumber(redis.call('ZSCORE', keys[i], args[1]) or 0) end
  return answer
end, LOOK)
