-- How functions are registered, and the deadline that each call carries as its last argument.

local LONGEST_WAIT = 2600 -- ms: senders set deadlines at most 2,500 ms ahead, by an estimate of this clock
local TOO_LATE = 'too_late'

-- Registers a function under its name. Past the deadline (ms on this server's clock) its caller has given up and may have
-- sent something else, so it answers `too_late` and changes nothing. A deadline too far ahead means that the clock was set
-- back after it was set: nobody knows whether the caller still waits.
local function register(name, callback, flags)
  local function call(key_list, arguments)
    local left = tonumber(table.remove(arguments)) - server.begin()
    if left < 0 or left > LONGEST_WAIT then return { TOO_LATE } end
    return callback(key_list, arguments)
  end
  redis.register_function({ function_name = PREFIX .. name, callback = call, flags = flags or {} })
end
