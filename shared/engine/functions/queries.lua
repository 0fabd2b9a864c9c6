-- Read-only queries about a room.

local CODE_FRESH = 3600000 -- ms; an older claim is made again, long before it expires

-- stats: every button's state, in the order of the settings.
-- Reply ok, round, viewers, ms to gather, states, now (ms)
rooms.register('stats', function(room)
  return buttons.room_reply(room)
end, server.READ_ONLY)

-- describe: the room's public state.
-- Reply ok, `Description` of shared/engine/replies.py
rooms.register('describe', function(room)
  local hash = redis.call('HMGET', room.key, 'created_at', 'started_at', 'ended_at', 'settings', 'settings_version', 'types',
    'code', 'code_at', 'summary_seq', 'opened_by_press', 'next_room_id')
  local over = rooms.over(room, hash[9]) and not rooms.connected(room)
  local ends_at, left = round_clock.ending(room)
  return { 'ok', { map = {
    status = room.status, round = room.round, paused = rooms.paused(room) or nil, connected = rooms.connected(room) or nil,
    created_at = hash[1], started_at = hash[2] or nil, ended_at = hash[3] or nil, settings = hash[4],
    settings_version = hash[5], viewer_count = active.count(room), now = room.now, types = hash[6], code = hash[7] or nil,
    code_is_fresh = server.near(tonumber(hash[8] or 0), room.now, CODE_FRESH) or nil, over = over or nil,
    ends_at = ends_at or nil, left_ms = left or nil, opened_by_press = hash[10] == '1' or nil,
    stopped = rooms.stopped(room) or nil, next_room_id = hash[11] or nil,
  } } }
end, server.READ_ONLY)

-- viewers: the viewers who pressed most in the round, with their names and whether they are blocked.
-- ARGV  1 limit
-- Reply ok, round, (viewer, name or '', presses, blocked 1|0)…
rooms.register('viewers', function(room, args)
  local limit = tonumber(args[1])
  local _, all_key = rooms.round_keys(room, room.round)
  local pressed, flat = redis.call('ZRANGE', all_key, 0, limit - 1, 'REV', 'WITHSCORES'), {}
  for i = 1, #pressed, 2 do
    flat[#flat + 1] = pressed[i]
    flat[#flat + 1] = viewers.find(room, room.round, pressed[i])
    flat[#flat + 1] = tonumber(pressed[i + 1])
    flat[#flat + 1] = redis.call('SISMEMBER', room.keys.blocked, pressed[i])
  end
  return { 'ok', room.round, flat }
end, server.READ_ONLY)

-- viewer: what one viewer pressed in a round, with its name, even if hidden. Only the viewer itself may see the reply.
-- ARGV  1 round  2 id, of the viewer  3… the buttons' event types
-- Reply ok, name or '', total, count of each button…
rooms.register('viewer', function(room, args)
  local round, id = tonumber(args[1]), args[2]
  local event_types = { unpack(args, 3) }
  local numbers, name, presses = rules.numbers(room), viewers.find(room, round, id)
  local answer = { 'ok', name, presses[viewers.ALL] or 0 }
  for _, event_type in ipairs(event_types) do answer[#answer + 1] = presses[numbers[event_type]] or 0 end
  return answer
end, server.READ_ONLY)

-- tally: all fields of a round's hash of counts.
-- Reply ok, `RunningRound` of shared/engine/tally.py; its figures follow from `counts`: (field, value)…
rooms.register('tally', function(room)
  local counts_key = rooms.round_keys(room, room.round)
  return { 'ok', { map = {
    room_id = room.id, round = room.round, active_viewers = active.count(room), lacks_pace = rules.of(room).lacks_pace,
    counts = redis.call('HGETALL', counts_key),
  } } }
end, server.READ_ONLY)
