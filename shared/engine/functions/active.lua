-- The active viewers: those who pressed or joined within 30 s. A sorted set; the score is the last time (ms).

local active = {}

local ACTIVE_FOR = 30000 -- ms

function active.count(key, now)
  return redis.call('ZCOUNT', key, '(' .. (now - ACTIVE_FOR), '(' .. (now + ACTIVE_FOR)) -- see server.near
end

-- Removes the inactive viewers and returns how many are active.
local function prune(key, now)
  local count = active.count(key, now)
  if redis.call('ZCARD', key) > count then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ACTIVE_FOR)
    redis.call('ZREMRANGEBYSCORE', key, now + ACTIVE_FOR, '+inf')
  end
  return count
end

-- Whether the viewer may count for this address: it already does, or the limit is not reached. `address` is a sorted
-- set like the room's. Whether the viewer is in the room's own set does not matter: a viewer that became active
-- from another address must not bypass this address's limit.
local function admits(address, viewer, limit, now)
  local count = prune(address, now)
  return count < limit or redis.call('ZSCORE', address, viewer)
end

-- Marks the viewer active. An address (nil = no limit) counts for at most `limit` viewers. The limit is checked only on
-- entry: a viewer already counted for the address stays counted.
function active.mark(key, viewer, now, address, limit)
  if not address then
    redis.call('ZADD', key, now, viewer)
  elseif admits(address, viewer, limit, now) then
    redis.call('ZADD', key, now, viewer)
    redis.call('ZADD', address, now, viewer)
    redis.call('PEXPIRE', address, ACTIVE_FOR)
  end
end

-- Removes the inactive viewers, extends the set's expiry and returns how many are active. Call it after marking.
function active.renew(key, now)
  redis.call('PEXPIRE', key, ACTIVE_FOR)
  return prune(key, now)
end

-- Publishes a changed count to the owning gateway, at most once a second. The gateway's next `check` returns a count
-- that was not published.
function active.tell(room, viewers)
  if room.owner == '' or viewers == room.told_viewers or server.near(room.told_at, room.now, 1000) then return end
  redis.call('HSET', room.key, 'told_viewers', viewers, 'told_at', room.now)
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"viewer_count_update","room_id":"%s","viewer_count":%d}', room.id, viewers))
end
