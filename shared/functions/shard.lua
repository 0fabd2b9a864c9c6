-- A shard: the rooms under one hash tag. Which of them run with nobody there, and whether the shard has been gone
-- through since the server may last have forgotten rooms.

local shards = { gone_through = {}, SEEN_FOR = 15000 } -- ms a gateway's last word keeps its game connected; it speaks every 5 s

local function tag_of(key)
  return string.match(key, '{(%x+)}')
end

-- Whether every room that PostgreSQL knows is here: remembered by the process, for the history that it was true of.
function shards.restored(key, now)
  return shards.gone_through[tag_of(key)] == server.history(now)
end

function shards.mark_restored(key, history)
  shards.gone_through[tag_of(key)] = history
end

-- The running rooms are a sorted set, by the ms from which their game counts as gone.
function shards.mark_running(running, room_id, until_ms)
  redis.call('ZADD', running, until_ms, room_id)
end

-- Moves a room's moment, if its round runs.
function shards.note_game(running, room_id, until_ms)
  redis.call('ZADD', running, 'XX', until_ms, room_id)
end

function shards.forget_running(running, room_id)
  redis.call('ZREM', running, room_id)
end
