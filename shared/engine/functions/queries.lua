-- Read-only queries about a room.

local CODE_FRESH = 3600000 -- ms; an older claim is made again, long before it expires

-- stats: every button's state, in the order of the settings.
-- KEYS  1 room  2 active  3 counts
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round | ok, round, viewers, ms to gather, states
register('stats', function(keys, args)
  local room_key, active_key, counts_key = unpack(keys)
  local round = tonumber(args[1])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if round ~= room.round then return { 'round_moved', room.round } end
  local viewer_count = active.count(active_key, room.now)
  return {
    'ok', room.round, viewer_count, gathering.of(room, viewer_count),
    buttons.reply(room, buttons.load(room, counts_key, viewer_count)),
  }
end, READ_ONLY)

-- describe: the room's public state.
-- KEYS  1 room  2 active
-- Reply room_not_found | room_unknown
--       | ok, status, round, paused 1|0, connected 1|0, created_at, started_at, ended_at (ms, '' for none),
--         settings (JSON), settings version, viewers, now (ms), event types, code or '', whether the code was claimed
--         less than CODE_FRESH ago 1|0, over 1|0: no game is connected, nor may one attach; when the round ends and how
--         long it still goes on (see round_clock.told)
register('describe', function(keys)
  local room_key, active_key = unpack(keys)
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local kept = redis.call('HMGET', room.key, 'created_at', 'started_at', 'ended_at', 'settings', 'settings_version', 'types',
    'code', 'code_at', 'summary_seq')
  local over = rooms.over(room, kept[9]) and not rooms.connected(room)
  local ends_at, left = round_clock.told(room)
  return {
    'ok', room.status, room.round, rooms.paused(room) and 1 or 0, rooms.connected(room) and 1 or 0, kept[1],
    kept[2] or '', kept[3] or '', kept[4], kept[5], active.count(active_key, room.now), room.now, kept[6],
    kept[7] or '', server.near(tonumber(kept[8] or 0), room.now, CODE_FRESH) and 1 or 0, over and 1 or 0,
    ends_at, left,
  }
end, READ_ONLY)

-- viewers: the viewers who pressed most in the round, with their names and whether they are blocked.
-- KEYS  1 room  2 blocked  3 all: who pressed most
-- ARGV  1 round  2 limit
-- Reply room_not_found | room_unknown | round_moved, round
--       | ok, round, (viewer, name or '', presses, blocked 1|0)…
register('viewers', function(keys, args)
  local room_key, blocked_key, all_key = unpack(keys)
  local round, limit = tonumber(args[1]), tonumber(args[2])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if round ~= room.round then return { 'round_moved', room.round } end
  local pressed, flat = redis.call('ZRANGE', all_key, 0, limit - 1, 'REV', 'WITHSCORES'), {}
  for i = 1, #pressed, 2 do
    flat[#flat + 1] = pressed[i]
    flat[#flat + 1] = viewers.find(room, room.round, pressed[i])
    flat[#flat + 1] = tonumber(pressed[i + 1])
    flat[#flat + 1] = redis.call('SISMEMBER', blocked_key, pressed[i])
  end
  return { 'ok', room.round, flat }
end, READ_ONLY)

-- viewer: what one viewer pressed in a round, with its name, even if hidden. Only the viewer itself may see the reply.
-- KEYS  1 room  2 all: who pressed most  3… tops, of each button
-- ARGV  1 round  2 id, of the viewer  3… the buttons' event types
-- Reply room_not_found | room_unknown | ok, name or '', total, count of each button…
register('viewer', function(keys, args)
  local room_key, all_key = unpack(keys, 1, 2)
  local next_top, next_type = rest(keys, 3), rest(args, 3)
  local round, id = tonumber(args[1]), args[2]
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local numbers, name, presses = rules.numbers(room), viewers.find(room, round, id)
  -- Presses that only the previous release counted stand in the top lists alone.
  local function pressed(top_key, key)
    return math.max(presses[key] or 0, tonumber(redis.call('ZSCORE', top_key, id) or 0))
  end
  local answer = { 'ok', name, pressed(all_key, viewers.ALL) }
  for event_type in next_type do answer[#answer + 1] = pressed(next_top(), numbers[event_type]) end
  return answer
end, READ_ONLY)
