-- The server: its clock, the id of its history, how it gets functions, and those that run a single command.

-- Locals are found sooner than globals, but while the library loads, most globals are missing. So `register` fills the
-- locals at the first call, from this function, which is above them and therefore sees the globals.
local function globals()
  return cjson, cmsgpack, ipairs, math, pairs, redis, string, table, tonumber, unpack
end

local redis, cjson, cmsgpack, ipairs, math, pairs, string, table, tonumber, unpack = redis

-- `now`: when the running function began, in ms since 1970 on Redis's own clock, which all replicas of all services share.
local server = { now = 0 }

-- How long keys last (s).
server.DAY = 24 * 3600
server.ROUND_TTL = 8 * server.DAY -- what belongs to a round, after its last hour with a game or new presser (see tops.close)

-- The flags of functions that run even if the server is out of memory: those that free memory, such as an
-- acknowledgement, and those that write the few bytes without which games and gateways would count as gone.
server.WHEN_FULL = { 'allow-oom' }

-- The flags of functions that change nothing.
server.READ_ONLY = { 'no-writes' }

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
function server.history()
  if not server.known_history or not server.near(server.history_read_at, server.now, HISTORY_TRUSTED) then
    server.known_history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
    server.history_read_at = server.now
  end
  return server.known_history
end

-- A flat reply (field, value)… as a table.
function server.map(flat)
  local map = {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end

local LONGEST_WAIT = 2600 -- ms: senders set deadlines at most 2,500 ms ahead of their estimate of this clock
local TOO_LATE = 'too_late'

-- Registers a function under its name. The last argument of each call is its deadline (ms on this server's clock). After it
-- the caller has given up and may have sent another call, so the function replies `too_late` and changes nothing. It also
-- does so if the deadline is more than LONGEST_WAIT ahead. Then this clock was set back after the caller read it, and nobody
-- knows whether it still waits.
-- A reply by name is { 'ok', { map = … } } with the fields of a struct. It leaves out what would be false: the struct has a
-- default for that.
local function register(name, callback, flags)
  local function call(key_list, args)
    if not math then cjson, cmsgpack, ipairs, math, pairs, redis, string, table, tonumber, unpack = globals() end
    local time = redis.call('TIME')
    server.now = time[1] * 1000 + math.floor(time[2] / 1000)
    local left = tonumber(table.remove(args)) - server.now
    if left < 0 or left > LONGEST_WAIT then return { TOO_LATE } end
    return callback(key_list, args)
  end
  redis.register_function({ function_name = PREFIX .. name, callback = call, flags = flags or {} })
end

-- Single commands, which have no deadline of their own: as functions they do nothing once their caller has given up.

-- write: runs a command on a key.
-- KEYS  1 changed
-- ARGV  1 command  2… its arguments after the key
-- Reply ok
register('write', function(keys, args)
  local changed_key = keys[1]
  local command = args[1]
  local rest = { unpack(args, 2) }
  redis.call(command, changed_key, unpack(rest))
  return { 'ok' }
end)

-- free: the same for a command that frees memory.
-- KEYS  1 changed
-- ARGV  1 command  2… its arguments after the key
-- Reply ok
register('free', function(keys, args)
  local changed_key = keys[1]
  local command = args[1]
  local rest = { unpack(args, 2) }
  redis.call(command, changed_key, unpack(rest))
  return { 'ok' }
end, server.WHEN_FULL)
