-- The gateways whose viewers watch the room. Its hash lists them as `<gateway>:<until, in ms>:<told 1|0>,`…: a gateway is
-- told once that something changed, and not again until it has called watch.

local watchers = {}

local WATCH_KEPT = 20000 -- ms after its last call that a gateway is told of changes
local SHOWN = 50 -- triggers that one call returns, the newest

-- Tells every gateway that watches to call again. A room that nobody watches, or whose watchers know, costs nothing.
function watchers.nudge(room)
  if not string.find(room.watchers, ':0,', 1, true) then return end
  local word = string.format('{"type":"room_changed","room_id":"%s"}', room.id)
  for gateway, kept in string.gmatch(room.watchers, '(%w+):(%d+):0,') do
    if room.now < tonumber(kept) then redis.call('PUBLISH', 'game_events:' .. gateway, word) end
  end
  room.watchers = string.gsub(room.watchers, ':0,', ':1,')
  redis.call('HSET', room.key, 'watchers', room.watchers)
end

-- Enters the gateway anew, to be told of the next change, and forgets those that call no more.
local function enter(room, gateway)
  local others = string.gsub(room.watchers, '(%w+):(%d+):%d,', function(id, kept)
    if id == gateway or room.now >= tonumber(kept) then return '' end
  end)
  redis.call('HSET', room.key, 'watchers', string.format('%s%s:%d:0,', others, gateway, room.now + WATCH_KEPT))
end

-- watch: all that viewers are shown, and a word to the gateway when it changes.
-- KEYS  1 room  2 active  3 counts  4 log
-- ARGV  1 gateway_id  2 round  3 log_epoch  4 seq of the last message told, '' for none: then none is
--       5 known_version of the settings, '' for none
-- Reply room_not_found | room_unknown | round_moved, round
--       | ok, status, round, paused 1|0, viewers, states, now (ms), last reset (ms, 0 for none), log_epoch, seq,
--         settings version, settings (JSON, '' where it knows them), messages (JSON texts)…
register('watch', function(keys, args)
  local room_key, active_key, counts_key, log_key = unpack(keys)
  local gateway_id, round, log_epoch, seq, known_version =
    args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), args[5]
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if round ~= room.round then return { 'round_moved', room.round } end
  local viewer_count = active.count(active_key, room.now)
  local states = buttons.load(room, counts_key, viewer_count)
  local kept = redis.call('HMGET', room.key, 'settings_version', 'settings', 'reset_at')
  local messages = {}
  if seq then
    local told = log.survived(room, log_epoch, seq)
    messages = log.read(room, log_key, math.max(told, room.seq - SHOWN), SHOWN)
  end
  enter(room, gateway_id)
  return {
    'ok', room.status, room.round, rooms.paused(room) and 1 or 0, viewer_count, buttons.reply(room, states), room.now,
    tonumber(kept[3] or 0), room.epoch, room.seq, kept[1], kept[1] == known_version and '' or kept[2], messages,
  }
end, WHEN_FULL)
