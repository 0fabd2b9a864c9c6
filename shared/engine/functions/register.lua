-- Registers functions, and checks the deadline that each call carries as its last argument.

local LONGEST_WAIT = 2600 -- ms: senders set deadlines at most 2,500 ms ahead of their estimate of this clock
local TOO_LATE = 'too_late'

-- Registers a function under its name. After the deadline (ms on this server's clock) the caller has given up and may
-- have sent another call, so the function replies `too_late` and changes nothing. It also does so if the deadline is more
-- than LONGEST_WAIT ahead. Then this clock was set back after the caller read it, and nobody knows whether it still waits.
local function register(name, callback, flags)
  local function call(key_list, args)
    local now = server.begin()
    local left = tonumber(table.remove(args)) - now
    if left < 0 or left > LONGEST_WAIT then return { TOO_LATE } end
    return callback(key_list, args)
  end
  redis.register_function({ function_name = PREFIX .. name, callback = call, flags = flags or {} })
end
