-- The active viewers: those who pressed or joined within 30 s. A sorted set; the score is the last time (ms).

local active = {}

local ACTIVE_FOR = 30000 -- ms

function active.count(room)
  local now = room.now
  return redis.call('ZCOUNT', room.keys.active, now - ACTIVE_FOR + 1, now + ACTIVE_FOR - 1) -- see server.near
end

-- Whether a viewer who was marked at this time is active now. The time's fraction says nothing of that: see arrivals.lua.
function active.is_fresh(room, marked_at)
  return server.near(math.floor(marked_at), room.now, ACTIVE_FOR)
end

-- Marks these viewers active (`marked` is a flat list: time, viewer…) and returns how many are active. Every 30 s, and when
-- the set is created, extends its expiry and removes the inactive ones.
function active.mark(room, marked)
  local key, now = room.keys.active, room.now
  local added = #marked > 0 and redis.call('ZADD', key, unpack(marked)) or 0
  local count = active.count(room)
  if added < count and server.near(room.active_extended_at, now, ACTIVE_FOR) then return count end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ACTIVE_FOR)
  redis.call('ZREMRANGEBYSCORE', key, now + ACTIVE_FOR, '+inf')
  redis.call('PEXPIRE', key, 2 * ACTIVE_FOR)
  redis.call('HSET', room.key, 'active_extended_at', now)
  return count
end

-- Publishes a changed count to the owning gateway, at most once a second. The gateway's next `check` returns a count
-- that was not published.
function active.publish(room, count)
  if room.owner == '' or count == room.published_viewers or server.near(room.published_at, room.now, 1000) then return end
  redis.call('HSET', room.key, 'published_viewers', count, 'published_at', room.now)
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"viewer_count_update","room_id":"%s","viewer_count":%d}', room.id, count))
end
