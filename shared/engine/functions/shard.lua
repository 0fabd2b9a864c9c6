-- A shard: the rooms under one hash tag. Which of them run with nobody there, and whether the shard has been gone
-- through since the server may last have forgotten rooms.

local shards = { SEEN_FOR = 15000 } -- ms a gateway's last word keeps its game connected; it speaks every 5 s

-- The mark is "<memory> <gone through 1|0>", and the memory's id "<history>-<created, µs>". The mark is valid only under
-- the server's current history; FLUSHALL, which leaves the history as it is, deletes the mark. A mark that cannot be read,
-- as while its slot moves, counts as none.
local function read_mark(key, now)
  local mark = redis.pcall('GET', key)
  local history, began, gone_through = string.match(type(mark) == 'string' and mark or '', '^(%w+)-(%d+) ([01])$')
  if history == server.history(now) then return history .. '-' .. began, gone_through == '1' end
end

-- Whether every room that PostgreSQL knows is here.
function shards.restored(key, now)
  local _, gone_through = read_mark(key, now)
  return gone_through or false
end

-- The memory that the mark is of, which may begin just now.
function shards.memory(key, now)
  local memory = read_mark(key, now)
  if not memory then
    local time = redis.call('TIME')
    memory = string.format('%s-%s%06d', server.history(now), time[1], time[2])
    redis.call('SET', key, memory .. ' 0')
  end
  return memory
end

function shards.mark_restored(key, memory)
  redis.call('SET', key, memory .. ' 1')
end

-- The mark's key, of a key in the shard. Calls are not given it: only where a room is missing is it read, it is in their
-- slot, and a name more in each of them would cost all presses.
function shards.mark_of(key)
  return string.match(key, '^[^}]*}') .. ':ledger:restored'
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
