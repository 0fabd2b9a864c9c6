-- A round's clock: how long it has run, since it began or got another limit, and when the limit ends it. The time in
-- which the game has paused it does not count. The room's hash has it as '<round> <ran> <at>': the ms that this round had
-- run at the time `at` (ms).
-- The rooms whose round has a limit are in one sorted set a shard; the score is when to check them (ms).

local round_clock = { CHECK_EVERY = 60000 } -- ms that a check is ahead at most: one further ahead tells of a clock set back

-- The set's key, computed from another key of the shard.
local function ends_of(key)
  return string.match(key, '^[^}]*}') .. ':ends'
end

-- The clock's `ran` and `at`.
local function read_clock(room)
  local round, ran, at = string.match(room.clock, '^(%d+) (%d+) (%d+)$')
  if round and tonumber(round) == room.round then return tonumber(ran), tonumber(at) end
  return 0, room.now
end

local function set_clock(room, ran)
  room.clock = string.format('%d %d %d', room.round, ran, room.now)
  redis.call('HSET', room.key, 'clock', room.clock)
end

-- How long the round has run (ms).
function round_clock.ran(room)
  local ran, at = read_clock(room)
  return room.paused == 1 and ran or ran + math.max(0, room.now - at)
end

-- Stores how long the round has run: before `paused` changes, and after the server's clock was set back.
function round_clock.store(room)
  set_clock(room, round_clock.ran(room))
end

-- Whether the running round's time is over. Then nothing counts in it any more, whenever it is ended.
function round_clock.is_over(room)
  local limit = rules.of(room).round_limit
  return limit > 0 and room.status == 'in_game' and round_clock.ran(room) >= limit
end

-- When the round ends and, instead, how long it still goes on while it is paused (ms); false, which is nil in a reply, for
-- what it has not.
function round_clock.ending(room)
  local limit, ran, at = rules.of(room).round_limit, read_clock(room)
  if limit == 0 or room.status ~= 'in_game' then return false, false end
  if room.paused == 1 then return false, math.max(0, limit - ran) end
  return at + limit - ran, false
end

-- Schedules the next check of the room, or none if no limit ends its round.
function round_clock.schedule(room)
  local limit = rules.of(room).round_limit
  if limit == 0 or room.status ~= 'in_game' or (room.paused == 1 and not round_clock.is_over(room)) then
    redis.call('ZREM', ends_of(room.key), room.id)
    return
  end
  local _, at = read_clock(room)
  if at > room.now then round_clock.store(room) end
  local left = math.max(0, limit - round_clock.ran(room))
  redis.call('ZADD', ends_of(room.key), room.now + math.min(left, round_clock.CHECK_EVERY), room.id)
end

-- Begins the clock: of a new round, or anew because the limit is another.
function round_clock.begin(room)
  set_clock(room, 0)
  round_clock.schedule(room)
end
