-- One viewer in one room: the token bucket and the batches remembered, kept together as one packed value.

local viewers = {}

local RATE = 20 -- thousandths of a press per ms: 20 presses a second
local BURST = 60000 -- thousandths of a press
local REMEMBERED = 8 -- counted batches
local REMEMBERED_FOR = 300000 -- ms

-- { tokens, name, batches, is_new }: new here, or away for five minutes; batches being a flat list: id, when, and what became of it, still packed.
function viewers.load(key, now)
  local packed = redis.call('GET', key)
  if not packed then return { tokens = BURST, name = '', batches = {}, is_new = true } end
  local kept = cmsgpack.unpack(packed)
  local tokens = math.min(BURST, kept[1] + math.max(0, now - kept[2]) * RATE)
  return { tokens = tokens, name = kept[3], batches = kept[4] }
end

function viewers.save(key, viewer, now)
  redis.call('SET', key, cmsgpack.pack({ viewer.tokens, now, viewer.name, viewer.batches }), 'PX', REMEMBERED_FOR)
end

-- How many of `n` presses the bucket pays for.
function viewers.spend(viewer, n)
  local paid = math.min(n, math.floor(viewer.tokens / 1000))
  viewer.tokens = viewer.tokens - paid * 1000
  return paid
end

-- The batch counted under this id, or nil.
function viewers.recall(viewer, id, now)
  local batches = viewer.batches
  for i = 1, #batches, 3 do
    if batches[i] == id and now - batches[i + 1] < REMEMBERED_FOR then
      local outcome = cmsgpack.unpack(batches[i + 2])
      return { rejected = outcome[1], results = outcome[2] }
    end
  end
  return nil
end

function viewers.remember(viewer, id, now, outcome)
  local batches = viewer.batches
  local n = #batches
  batches[n + 1], batches[n + 2], batches[n + 3] = id, now, cmsgpack.pack({ outcome.rejected, outcome.results })
  if n >= 3 * REMEMBERED then viewer.batches = { unpack(batches, 4) } end
end
