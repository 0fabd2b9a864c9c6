-- The viewers active now: pressed or joined within 30 s, a sorted set by last time.

local active = {}

local ACTIVE_FOR = 30000 -- ms

function active.count(key, now)
  return redis.call('ZCOUNT', key, '(' .. (now - ACTIVE_FOR), '+inf')
end

-- True when the viewer counts for this address already, or as one more; `address` is a sorted set like the room's.
-- Asked of the address, not of the room: who came in from elsewhere must not get past this one's limit.
local function admits(address, viewer, limit, now)
  redis.call('ZREMRANGEBYSCORE', address, '-inf', now - ACTIVE_FOR)
  return redis.call('ZSCORE', address, viewer) or redis.call('ZCARD', address) < limit
end

-- Marks the viewer active. An address (nil = no limit) counts for at most `limit`, decided on entry: a viewer that is
-- in stays in.
function active.mark(key, viewer, now, address, limit)
  if not address then
    redis.call('ZADD', key, now, viewer)
  elseif admits(address, viewer, limit, now) then
    redis.call('ZADD', key, now, viewer)
    redis.call('ZADD', address, now, viewer)
    redis.call('PEXPIRE', address, ACTIVE_FOR)
  end
end

-- Forgets who has left, keeps the others, and returns how many they are; what follows marks.
function active.renew(key, now)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ACTIVE_FOR)
  redis.call('PEXPIRE', key, ACTIVE_FOR)
  return redis.call('ZCARD', key)
end

-- Tells the owning gateway a changed count, at most once a second; what falls between, its own check finds.
function active.tell(room, viewers)
  if room.owner == '' or viewers == room.told_viewers or room.now - room.told_at < 1000 then return end
  redis.call('HSET', room.key, 'told_viewers', viewers, 'told_at', room.now)
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"viewer_count_update","room_id":"%s","viewer_count":%d}', room.id, viewers))
end
