-- The gateways that watch the room for their viewers. The room's hash lists them as `<gateway>:<until, ms>:<nudged
-- 1|0>,`… A gateway gets one nudge when something changes, and the next only after it has called watch again.

local watchers = { EFFECTS = 100 } -- how many effects are stored for gateways, the newest

local NUDGED_FOR = 20000 -- ms after its last call that a gateway gets nudges
local RANKS_EVERY = 5000 -- ms: how often viewers get the ranks
local SHOWN = 50 -- messages that one call returns at most, the newest

-- Nudges every watching gateway to call watch. Costs no command if no gateway watches, or all have their nudge.
function watchers.nudge(room)
  if not string.find(room.watchers, ':0,', 1, true) then return end
  local message = string.format('{"type":"room_changed","room_id":"%s"}', room.id)
  for gateway, valid_until in string.gmatch(room.watchers, '(%w+):(%d+):0,') do
    if room.now < tonumber(valid_until) then redis.call('PUBLISH', 'game_events:' .. gateway, message) end
  end
  room.watchers = string.gsub(room.watchers, ':0,', ':1,')
  redis.call('HSET', room.key, 'watchers', room.watchers)
end

-- Registers the gateway for the next nudge, and removes gateways that no longer call.
local function enter(room, gateway)
  local others = string.gsub(room.watchers, '(%w+):(%d+):%d,', function(id, valid_until)
    if id == gateway or room.now >= tonumber(valid_until) then return '' end
  end)
  redis.call('HSET', room.key, 'watchers', string.format('%s%s:%d:0,', others, gateway, room.now + NUDGED_FOR))
end

-- The id of the newest effect, the texts of those after `last` (none if it is ''), and of all that last: only if `last` is
-- '' or some after it may be gone, else false.
local function effects_after(room, last)
  if last == '' then
    local newest = redis.call('XREVRANGE', room.keys.effects, '+', '-', 'COUNT', 1)[1]
    return newest and newest[1] or '0-0', {}, redis.call('HVALS', room.keys.lasting)
  end
  local entries, texts = redis.call('XRANGE', room.keys.effects, '(' .. last, '+'), {}
  for i, entry in ipairs(entries) do texts[i] = entry[2][2] end
  local may_miss = #entries >= watchers.EFFECTS
  return #entries > 0 and entries[#entries][1] or last, texts, may_miss and redis.call('HVALS', room.keys.lasting)
end

-- watch: returns everything that viewers see, and nudges the gateway when it changes.
-- ARGV  1 gateway_id  2 round that it has, '' for none
--       3 log_epoch  4 seq of the last message that it has, '' to get no messages
--       5 known_version of the settings, '' for none
--       6 last_effect: the id of the last one that it has, '' to get those that last
--       7 ranks_at: when it got the ranks of this round (ms), '' for never
--       8 last_arrival: the id of the last one that it has, '' for none
-- Reply ok, `RoomSnapshot` of shared/engine/room_snapshot.py: stats as in buttons.reply, messages and effects as JSON, ranks
--         as in tops.ranks; no settings and no ranks if it has them, nor what lasts if it has that or can know it
rooms.register('watch', function(room, args)
  local gateway_id, round, log_epoch, seq, known_version, last_effect, ranks_at, last_arrival =
    args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), args[5], args[6], tonumber(args[7]), args[8]
  if round ~= room.round then ranks_at = nil end
  local counts_key, all_key = rooms.round_keys(room, room.round)
  local viewer_count = active.count(room)
  local states = buttons.load(room, counts_key, viewer_count)
  local stored = redis.call('HMGET', room.key, 'settings_version', 'settings', 'reset_at', 'started_at', 'opened_by_press',
    'next_room_id')
  local messages = {}
  if seq then
    local survived = log.survived(room, log_epoch, seq)
    messages = log.read(room, math.max(survived, room.seq - SHOWN), SHOWN)
  end
  local ends_at, left = round_clock.ending(room)
  local ranks = not (ranks_at and server.near(ranks_at, room.now, RANKS_EVERY)) and tops.ranks(all_key)
  local newest, effects, lasting = effects_after(room, last_effect)
  local newest_arrival, names = arrivals.after(room, last_arrival)
  enter(room, gateway_id)
  return { 'ok', { map = {
    status = room.status, round = room.round, paused = rooms.paused(room) or nil, viewer_count = viewer_count,
    send_every_ms = send_interval.of(room, viewer_count), stats = buttons.reply(room, states), now = room.now,
    reset_at = stored[3] or nil, log_epoch = room.epoch, seq = room.seq, settings_version = stored[1],
    settings = stored[1] ~= known_version and stored[2] or nil, messages = messages, last_effect = newest, effects = effects,
    lasting = lasting or nil, ends_at = ends_at or nil, left_ms = left or nil, ranks = ranks or nil,
    started_at = room.status == 'in_game' and stored[4] or nil, opened_by_press = stored[5] == '1' or nil,
    stopped = rooms.stopped(room) or nil, last_arrival = newest_arrival, arrived = names, next_room_id = stored[6] or nil,
  } } }
end, server.WHEN_FULL)

-- preview: shows a button to the pages that ask for previews. Nothing counts, fires or changes: each gateway that watches
-- the room gets it at once, whether or not it has its nudge.
-- ARGV  1 event_type
-- Reply unknown_event_type, event type | ok
rooms.register('preview', function(room, args)
  local event_type = args[1]
  if not rules.of(room).index_of[event_type] then return { 'unknown_event_type', event_type } end
  local message = string.format('{"type":"room_changed","room_id":"%s","preview":"%s"}', room.id, event_type)
  for gateway, valid_until in string.gmatch(room.watchers, '(%w+):(%d+):%d,') do
    if room.now < tonumber(valid_until) then redis.call('PUBLISH', 'game_events:' .. gateway, message) end
  end
  return { 'ok' }
end, server.WHEN_FULL)

-- echo: publishes a numbered message from a gateway to its own inbox, with this server's time. It also writes, as the
-- functions do that publish nudges: if the echo arrives, so do nudges.
-- KEYS  1 gateway
-- ARGV  1 gateway_id  2 number
-- Reply ok
register('echo', function(keys, args)
  local gateway_key = keys[1]
  local gateway_id, number = unpack(args)
  redis.call('SET', gateway_key, number, 'EX', 60)
  local echo = string.format('{"type":"echo","number":%d,"at":%d}', number, server.now)
  redis.call('PUBLISH', 'game_events:' .. gateway_id, echo)
  return { 'ok' }
end, server.WHEN_FULL)
