-- Who pressed, fired a trigger, is blocked or hidden: for those who moderate the room, and for what others may see.

local UNPACKED = 4000 -- values that Lua's unpack takes at once; it fails at about 8,000

-- pressers: one piece of those who pressed in the round. A piece may be empty; one that was read while viewers came may
-- repeat some.
-- ARGV  1 cursor, 0 for the first piece  2 size: about how many viewers to read
-- Reply ok, round, the next piece's cursor ('0': there is none), (viewer, name or '', presses, blocked 1|0)…
rooms.register('pressers', function(room, args)
  local cursor, size = unpack(args)
  local next_cursor, flat = viewers.scan(room, cursor, size)
  if room.blocked > 0 then
    for i = 1, #flat, 4 do flat[i + 3] = redis.call('SISMEMBER', room.keys.blocked, flat[i]) end
  end
  return { 'ok', room.round, next_cursor, flat }
end, server.READ_ONLY)

-- blocked_viewers: who is blocked in the room; if there are more than the limit, any of them.
-- ARGV  1 limit
-- Reply ok, round, how many are blocked, (viewer, name or '', presses, blocked 1)…
rooms.register('blocked_viewers', function(room, args)
  local limit = tonumber(args[1])
  local flat = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', room.keys.blocked, limit)) do
    local name, presses = viewers.find(room, room.round, id)
    for _, value in ipairs({ id, name, presses[viewers.ALL] or 0, 1 }) do flat[#flat + 1] = value end
  end
  return { 'ok', room.round, redis.call('SCARD', room.keys.blocked), flat }
end, server.READ_ONLY)

-- fired_by: the viewer whose press fired a trigger of the last ten minutes.
-- ARGV  1 log_epoch  2 seq
-- Reply ok, viewer ('' if the trigger is not known)
rooms.register('fired_by', function(room, args)
  local log_epoch, seq = tonumber(args[1]), tonumber(args[2])
  local record = trigger_records.find(room, log_epoch, seq)
  return { 'ok', record and record.viewer or '' }
end, server.READ_ONLY)

-- hidden: which of these viewers have hidden names: the blocked ones, or all if the room shows no names.
-- ARGV  1… viewers
-- Reply ok, viewers
rooms.register('hidden', function(room, args)
  local viewer_ids = args
  if room.show_names == 0 then return { 'ok', viewer_ids } end
  local hidden = {}
  if room.blocked == 0 or #viewer_ids == 0 then return { 'ok', hidden } end
  for first = 1, #viewer_ids, UNPACKED do
    local part = { unpack(viewer_ids, first, math.min(first + UNPACKED - 1, #viewer_ids)) }
    for i, is_blocked in ipairs(redis.call('SMISMEMBER', room.keys.blocked, unpack(part))) do
      if is_blocked == 1 then hidden[#hidden + 1] = part[i] end
    end
  end
  return { 'ok', hidden }
end, server.READ_ONLY)
