-- Who pressed, fired a trigger, is blocked or hidden: for those who moderate the room, and for what others may see.

local UNPACKED = 4000 -- values that Lua's unpack takes at once; it fails at about 8,000

-- pressers: one piece of those who pressed in the round. A piece may be empty; one that was read while viewers came may
-- repeat some.
-- KEYS  1 room  2 blocked
-- ARGV  1 cursor, 0 for the first piece  2 size: about how many viewers to look at
-- Reply room_not_found | room_unknown
--       | ok, round, the next piece's cursor ('0': there is none), (viewer, name or '', presses, blocked 1|0)…
register('pressers', function(keys, args)
  local room_key, blocked_key = unpack(keys)
  local cursor, size = unpack(args)
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local next_cursor, flat = viewers.scan(room, cursor, size)
  if room.blocked > 0 then
    for i = 1, #flat, 4 do flat[i + 3] = redis.call('SISMEMBER', blocked_key, flat[i]) end
  end
  return { 'ok', room.round, next_cursor, flat }
end, READ_ONLY)

-- blocked_viewers: who is blocked in the room; if there are more than the limit, any of them.
-- KEYS  1 room  2 blocked
-- ARGV  1 limit
-- Reply room_not_found | room_unknown | ok, round, how many are blocked, (viewer, name or '', presses, blocked 1)…
register('blocked_viewers', function(keys, args)
  local room_key, blocked_key = unpack(keys)
  local limit = tonumber(args[1])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local flat = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', blocked_key, limit)) do
    local name, presses = viewers.find(room, room.round, id)
    for _, value in ipairs({ id, name, presses[viewers.ALL] or 0, 1 }) do flat[#flat + 1] = value end
  end
  return { 'ok', room.round, redis.call('SCARD', blocked_key), flat }
end, READ_ONLY)

-- fired_by: the viewer whose press fired a trigger of the last ten minutes.
-- KEYS  1 room
-- ARGV  1 log_epoch  2 seq
-- Reply room_not_found | room_unknown | ok, viewer ('' if nobody's press fired it, or the trigger is not known)
register('fired_by', function(keys, args)
  local room_key = keys[1]
  local log_epoch, seq = tonumber(args[1]), tonumber(args[2])
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  local record = trigger_records.find(room, log_epoch, seq)
  return { 'ok', record and record.viewer or '' }
end, READ_ONLY)

-- hidden: which of the given viewers have hidden names: the blocked ones, or all if the room shows no names.
-- KEYS  1 room  2 blocked
-- ARGV  1… viewers
-- Reply room_not_found | room_unknown | ok, viewers
register('hidden', function(keys, args)
  local room_key, blocked_key = unpack(keys)
  local asked = args
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if room.show_names == 0 then return { 'ok', asked } end
  local hidden = {}
  if room.blocked == 0 or #asked == 0 then return { 'ok', hidden } end
  for first = 1, #asked, UNPACKED do
    local part = { unpack(asked, first, math.min(first + UNPACKED - 1, #asked)) }
    for i, is_blocked in ipairs(redis.call('SMISMEMBER', blocked_key, unpack(part))) do
      if is_blocked == 1 then hidden[#hidden + 1] = part[i] end
    end
  end
  return { 'ok', hidden }
end, READ_ONLY)
