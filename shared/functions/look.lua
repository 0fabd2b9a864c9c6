-- Looks at a room without changing it.

local LOOK = { 'no-writes' }

-- stats: every button's state, in the settings' order.
-- KEYS  1 room  2 active  3 counts
-- ARGV  1 round
-- Reply room_not_found | round_moved, round | ok, round, viewers, states
register('stats', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return { 'room_not_found' } end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  local viewer_count = active.count(keys[2], room.now)
  return { 'ok', room.round, viewer_count, buttons.reply(room, buttons.load(room, keys[3], viewer_count)) }
end, LOOK)

-- describe: the room as others may see it.
-- KEYS  1 room  2 active
-- Reply room_not_found
--       | ok, status, round, paused 1|0, connected 1|0, created_at, started_at, ended_at (ms, '' where none),
--         settings (JSON), settings version, viewers, now (ms), event types
register('describe', function(keys)
  local room = rooms.load(keys[1])
  if not room then return { 'room_not_found' } end
  local rest = redis.call('HMGET', room.key, 'created_at', 'started_at', 'ended_at', 'settings', 'settings_version', 'types')
  return {
    'ok', room.status, room.round, rooms.paused(room) and 1 or 0, rooms.connected(room) and 1 or 0, rest[1],
    rest[2] or '', rest[3] or '', rest[4], rest[5], active.count(keys[2], room.now), room.now, rest[6],
  }
end, LOOK)

-- viewer: what one viewer pressed in a round.
-- KEYS  1 names  2 top of all  3… top of each button
-- ARGV  1 viewer
-- Reply ok, name or '', total, count of each button…
register('viewer', function(keys, args)
  local answer = { 'ok', redis.call('HGET', keys[1], args[1]) or '' }
  for i = 2, #keys do answer[#answer + 1] = tonumber(redis.call('ZSCORE', keys[i], args[1]) or 0) end
  return answer
end, LOOK)

-- results: the totals of an ended round.
-- KEYS  1 room  2 names  3 blocked  4 counts  5 top of all  6… top of each button, as in ARGV 2
-- ARGV  1 how many viewers at most  2 event types, comma-separated
-- Reply room_not_found | not_ended | ok, ended_at (ms), top viewers (JSON), best of each button (JSON), accepted of each button…
register('results', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return { 'room_not_found' } end
  local ended_at = redis.call('HGET', keys[4], 'ended_at')
  if not ended_at then return { 'not_ended' } end
  local from = { names = keys[2], blocked = keys[3], shown = room.show_names == 1 }
  local best, accepted = {}, {}
  for event_type in string.gmatch(args[2], '[^,]+') do
    best[event_type] = tops.best(keys[6 + #accepted], from)
    accepted[#accepted + 1] = tonumber(redis.call('HGET', keys[4], event_type .. ':accepted') or 0)
  end
  return { 'ok', ended_at, tops.array(tops.first(keys[5], tonumber(args[1]), from)), cjson.encode(best), accepted }
end, LOOK)
