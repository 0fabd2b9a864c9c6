-- The source of a room's presses: a limited client address, or else the viewer. An address may press as much as the
-- number of viewers that it counts for. A round's effective number of sources treats it as one presser.

local sources = {}

local SOURCE_KEPT = 300000 -- ms after its last press

-- Returns { key, tokens, round, pressed (in the round), changed } for an address that counts for `limit` viewers.
function sources.load(key, limit, room)
  local packed, burst = redis.call('GET', key), limit * viewers.BURST
  local source = { key = key, tokens = burst, round = room.round, pressed = 0 }
  if packed then
    local tokens, at, round, pressed = cmsgpack.unpack(packed)
    source.tokens = math.min(burst, tokens + math.max(0, room.now - at) * limit * viewers.RATE)
    if round == room.round then source.pressed = pressed end
    source.changed = at > room.now -- the clock was set back: refill from now on
  end
  return source
end

-- How many of `n` presses the source has tokens for; all if `source` is nil (no limit).
function sources.affords(source, n)
  return source and math.min(n, math.floor(source.tokens / 1000)) or n
end

function sources.spend(source, n)
  if not source or n == 0 then return end
  source.tokens = source.tokens - n * 1000
  source.changed = true
end

-- Adds accepted presses and returns the source's total in the round; nil if there is no source.
function sources.add(source, accepted)
  if not source then return nil end
  source.pressed = source.pressed + accepted
  return source.pressed
end

function sources.save(source, now)
  if not source or not source.changed then return end
  source.changed = false
  redis.call('SET', source.key, cmsgpack.pack(source.tokens, now, source.round, source.pressed), 'PX', SOURCE_KEPT)
end
