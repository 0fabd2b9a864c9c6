-- What the game says of the running round's buttons: which it cannot use, and to which presses came back since the last
-- press. One field of the round's counts has it as JSON; most rounds have none.

local answers = {}

local EMPTY = {}
local decoded = remembering(function(text) return cjson.decode(text) end)

-- { unavailable (the game's reason, by event type), waiting (true, by event type) }; do not change it.
function answers.of(text)
  local kept = text and decoded(text) or EMPTY
  return kept.unavailable or EMPTY, kept.waiting or EMPTY
end

-- Sets one value for a button (nil removes it) and returns the field's text.
function answers.set(counts, kind, event_type, value)
  local text = redis.call('HGET', counts, 'answers')
  local kept = text and cjson.decode(text) or {}
  kept[kind] = kept[kind] or {}
  kept[kind][event_type] = value
  if not next(kept[kind]) then kept[kind] = nil end
  if next(kept) then
    redis.call('HSET', counts, 'answers', cjson.encode(kept))
  else
    redis.call('HDEL', counts, 'answers')
  end
end
