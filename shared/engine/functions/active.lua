-- The viewers active now: pressed or joined within 30 s, a sorted set by last time.

local active = {}

local ACTIVE_FOR = 30000 -- ms

function active.count(key, now)
  return redis.call('ZCOUNT', key, '(' .. (now - ACTIVE_FOR), '(' .. (now + ACTIVE_FOR)) -- see server.near
end

-- Forgets the others, and returns how many are active.
local function prune(key, now)
  local count = active.count(key, now)
  if redis.call('ZCARD', key) > count then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ACTIVE_FOR)
    redis.call('ZREMRANGEBYSCORE', key, now + ACTIVE_FOR, '+inf')
  end
  return count
end

-- True when the viewer counts for this address already, or as one more; `address` is a sorted set like the room's.
-- Asked of the address, not of the room: who came in from elsewhere must not get past this one's limit.
local function admits(address, viewer, limit, now)
  local count = prune(address, now)
  return count < limit or redis.call('ZSCORE', address, viewer)
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
  redis.call('PEXPIRE', key, ACTIVE_FOR)
  return prune(key, now)
end

-- Tells the owning gateway a changed count, at most once a second; what falls between, its own check finds.
function active.tell(room, viewers)
  if room.owner == '' or viewers == room.told_viewers or server.near(room.told_at, room.now, 1000) then return end
  redis.call('HSET', room.key, 'told_viewers', viewers, 'told_at', room.now)
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"viewer_count_update","room_id":"%s","viewer_count":%d}', room.id, viewers))
end
