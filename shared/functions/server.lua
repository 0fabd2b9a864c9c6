-- What the server itself tells: its clock and which process it is.

local server = {}

-- Milliseconds since 1970 on Redis's own clock, so that every replica of every service agrees.
function server.now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The id of this server process, asked once in its life: another id means a restart or a failover.
function server.run_id()
  if not server.known_run_id then
    server.known_run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  end
  return server.known_run_id
end
