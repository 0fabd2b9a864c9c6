-- Which buttons the game cannot use in the running round. One field of the round's counts has it as JSON; most rounds have
-- none.

local answers = {}

local EMPTY = {}
local decoded = rules.remembering(function(text) return cjson.decode(text) end)

-- The game's reason by event type; do not change it.
function answers.of(text)
  return text and decoded(text) or EMPTY
end

-- Sets the reason for a button; nil: the game can use it.
function answers.set(counts, event_type, reason)
  local text = redis.call('HGET', counts, 'answers')
  local unavailable = text and cjson.decode(text) or {}
  unavailable[event_type] = reason
  if next(unavailable) then
    redis.call('HSET', counts, 'answers', cjson.encode(unavailable))
    redis.call('EXPIRE', counts, server.ROUND_TTL) -- no press may have made the hash yet
  else
    redis.call('HDEL', counts, 'answers')
  end
end
