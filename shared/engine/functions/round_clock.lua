-- A round's clock: how long it has run, since it began or got another limit, and when the limit ends it. The time in
-- which it is paused does not count. The room's hash has it as '<round> <ran> <at>': the ms that this round had
-- run at the time `at` (ms). Its `own_limit`, if it is not '', is '<round> <limit> <setting>' (ms): a limit of this round's
-- own, in force while the room's setting is as it was then. An older release does not know it, and keeps it.
-- The room's `paused_for` (ms) is how long its rounds have been paused, all of them together.
-- The rooms whose round has a limit are in one sorted set a shard; the score is when to check them (ms).

local round_clock = { CHECK_EVERY = 60000 } -- ms that a check is ahead at most: one further ahead tells of a clock set back

-- The clock's `ran` and `at`.
local function read_clock(room)
  local round, ran, at = string.match(room.clock, '^(%d+) (%d+) (%d+)$')
  if round and tonumber(round) == room.round then return tonumber(ran), tonumber(at) end
  return 0, room.now
end

-- The time (ms) on a clock that stands still while a round is paused.
function round_clock.play_time(room)
  if room.paused == 0 then return room.now - room.paused_for end
  local _, paused_at = read_clock(room)
  return paused_at - room.paused_for
end

local function set_clock(room, ran)
  room.paused_for = room.now - round_clock.play_time(room)
  room.clock = string.format('%d %d %d', room.round, ran, room.now)
  redis.call('HSET', room.key, 'clock', room.clock, 'own_limit', room.own_limit, 'paused_for', room.paused_for)
end

-- After how long the round ends (ms, 0: never): its own limit, or that of the settings.
local function limit_of(room)
  local setting = rules.of(room).round_limit
  if room.own_limit == '' then return setting end
  local round, limit, beside = string.match(room.own_limit, '^(%d+) (%d+) (%d+)$')
  local in_force = tonumber(round) == room.round and tonumber(beside) == setting
  return in_force and tonumber(limit) or setting
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
  local limit = limit_of(room)
  return limit > 0 and room.status == 'in_game' and round_clock.ran(room) >= limit
end

-- Whether a round runs, and its time is not over: this one, if not 0.
function round_clock.runs(room, round)
  return room.status == 'in_game' and (round == 0 or round == room.round) and not round_clock.is_over(room)
end

-- When the round ends and, instead, how long it still goes on while it is paused (ms); false, which is nil in a reply, for
-- what it has not.
function round_clock.ending(room)
  local limit, ran, at = limit_of(room), read_clock(room)
  if limit == 0 or room.status ~= 'in_game' then return false, false end
  if room.paused == 1 then return false, math.max(0, limit - ran) end
  return at + limit - ran, false
end

-- Schedules the next check of the room, or none if no limit ends its round.
function round_clock.schedule(room)
  local limit = limit_of(room)
  if limit == 0 or room.status ~= 'in_game' or (room.paused == 1 and not round_clock.is_over(room)) then
    redis.call('ZREM', room.keys.ends, room.id)
    return
  end
  local _, at = read_clock(room)
  if at > room.now then round_clock.store(room) end
  local left = math.max(0, limit - round_clock.ran(room))
  redis.call('ZADD', room.keys.ends, room.now + math.min(left, round_clock.CHECK_EVERY), room.id)
end

-- Begins the clock: of a new round, or anew because the limit is another: that of the settings, or one of the round's own
-- (ms, 0 for none).
function round_clock.begin(room, own_limit)
  local setting = rules.of(room).round_limit
  room.own_limit = own_limit and string.format('%d %d %d', room.round, own_limit, setting) or ''
  set_clock(room, 0)
  round_clock.schedule(room)
end
