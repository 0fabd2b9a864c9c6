-- A shard: the rooms under one hash tag. Records which running rooms have no game, and whether the shard's lost rooms
-- were rebuilt since the server may last have forgotten rooms.

local shards = { SEEN_FOR = 15000 } -- ms that a game counts as connected after a `check`, which comes every 5 s

-- The mark is "<memory> <rebuilt 1|0>". <memory> names what the server has not forgotten since it began: its history, and
-- when the mark was created (µs), as "<history>-<created>". The mark is valid only under the server's current
-- history; FLUSHALL, which does not change the history, deletes it. A mark that cannot be read, for example while its
-- slot migrates, counts as missing.
local function read_mark(key, now)
  local mark = redis.pcall('GET', key)
  local history, began, gone_through = string.match(type(mark) == 'string' and mark or '', '^(%w+)-(%d+) ([01])$')
  if history == server.history(now) then return history .. '-' .. began, gone_through == '1' end
end

-- Whether the shard has every room that PostgreSQL has.
function shards.restored(key, now)
  local _, gone_through = read_mark(key, now)
  return gone_through or false
end

-- The id of the shard's memory; creates the mark if there is none.
function shards.memory(key, now)
  local memory = read_mark(key, now)
  if not memory then
    local time = redis.call('TIME')
    memory = string.format('%s-%s%06d', server.history(now), time[1], time[2])
    redis.call('SET', key, memory .. ' 0')
  end
  return memory
end

-- The mark's key, computed from another key of the shard.
function shards.mark_of(key)
  return string.match(key, '^[^}]*}') .. ':ledger:restored'
end

-- Updates the time (ms) from which the room's game counts as gone, if a round is running: see `running` in rooms.keys_of.
function shards.note_game(running, room_id, until_ms)
  redis.call('ZADD', running, 'XX', until_ms, room_id)
end
