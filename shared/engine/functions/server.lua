-- The server's clock, and the id of its history.

-- Locals are found sooner than globals, but while the library loads, most globals are missing. So server.begin fills the
-- locals at the first call, from this function, which is above them and therefore sees the globals.
local function globals()
  return cjson, cmsgpack, ipairs, math, pairs, redis, string, table, tonumber, unpack
end

local redis, cjson, cmsgpack, ipairs, math, pairs, string, table, tonumber, unpack = redis

local server = {}

-- How long keys last (s).
server.DAY = 24 * 3600
server.ROUND_TTL = 8 * server.DAY -- what belongs to a round, after its last hour with a game or new presser (see tops.close)

-- The flags of functions that run even if the server is out of memory: those that free memory, such as an
-- acknowledgement, and those that write the few bytes without which games and gateways would count as gone.
server.WHEN_FULL = { 'allow-oom' }

-- The flags of functions that change nothing.
server.READ_ONLY = { 'no-writes' }

-- Reads the clock when a function begins. `now` returns the same time until the next function begins.
function server.begin()
  if not math then cjson, cmsgpack, ipairs, math, pairs, redis, string, table, tonumber, unpack = globals() end
  local time = redis.call('TIME')
  server.time = time[1] * 1000 + math.floor(time[2] / 1000)
  return server.time
end

-- Milliseconds since 1970 on Redis's own clock, which all replicas of all services share.
function server.now()
  return server.time
end

-- Whether the time `at` is less than `period` ms from now, before or after. If it is `period` or more in the future, an
-- operator or a failover has set the clock back since, and it counts as long past. So nothing that should last for one
-- period lasts for more than two, whatever the clock does.
function server.near(at, now, period)
  local passed = now - at
  return passed < period and passed > -period
end

-- Milliseconds until `period` after `at` is over.
function server.left(at, now, period)
  return server.near(at, now, period) and math.min(period, at + period - now) or 0
end

local HISTORY_TRUSTED = 1000 -- ms: no server can be demoted and promoted again in less

-- The id of this server's history: its replication id. A new id means a restart or a failover, after which the server
-- may have forgotten something. A server that was demoted and promoted again keeps its process, and the library's
-- variables, but gets a new id; so the id is read again after HISTORY_TRUSTED.
function server.history(now)
  if not server.known_history or not server.near(server.history_read_at, now, HISTORY_TRUSTED) then
    server.known_history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
    server.history_read_at = now
  end
  return server.known_history
end

-- A flat reply (field, value)… as a table.
function server.map(flat)
  local map = {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end
