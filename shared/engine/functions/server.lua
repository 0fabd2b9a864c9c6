-- What the server itself tells: its clock, and on which history it writes.

local server = {}

-- The flags of functions that a server without memory carries out all the same: those that end with less in it, such as
-- an acknowledgement, and the few bytes without which games and gateways would count as gone.
local WHEN_FULL = { 'allow-oom' }

-- Reads the clock for the function that begins, and returns what `now` returns until the next one begins.
function server.begin()
  local time = redis.call('TIME')
  server.time = time[1] * 1000 + math.floor(time[2] / 1000)
  return server.time
end

-- Milliseconds since 1970 on Redis's own clock, so that every replica of every service agrees.
function server.now()
  return server.time
end

-- Whether a moment is less than `period` ms from now. The clock may have been set since, by an operator, or because
-- another server took over: what seems to come later than that is as good as long ago. So nothing that lasts for a
-- period lasts for more than two, whatever the clock does.
function server.near(at, now, period)
  return math.abs(now - at) < period
end

local HISTORY_TRUSTED = 1000 -- ms: no server can be demoted and promoted again in less

-- The id of the history that this server writes on: another id means a restart or a failover, after which it may have
-- forgotten something. A server that was demoted and promoted again keeps its process, and what a library remembers in
-- it, but not this id; so it is asked again after a moment.
function server.history(now)
  if not server.known_history or not server.near(server.asked_at, now, HISTORY_TRUSTED) then
    server.known_history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
    server.asked_at = now
  end
  return server.known_history
end
