-- One viewer in one room: the token bucket and the batches remembered, kept together as one packed value.

local viewers = {}

local RATE = 20 -- thousandths of a press per ms: 20 presses a second
local BURST = 60000 -- thousandths of a press
local REMEMBERED = 8 -- counted batches
local REMEMBERED_FOR = 300000 -- ms

-- { tokens, at, name, batches = { { id, at, rejected, results }, … } }
function viewers.load(key, now)
  local packed = redis.call('GET', key)
  if not packed then return { tokens = BURST, name = '', batches = {} } end
  local tokens, at, name, batches = unpack(cmsgpack.unpack(packed))
  return { tokens = math.min(BURST, tokens + math.max(0, now - at) * RATE), name = name, batches = batches }
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
  for _, batch in ipairs(viewer.batches) do
    if batch[1] == id and now - batch[2] < REMEMBERED_FOR then return { rejected = batch[3], results = batch[4] } end
  end
  return nil
end

function viewers.remember(viewer, id, now, rejected, results)
  table.insert(viewer.batches, { id, now, rejected, results })
  if #viewer.batches > REMEMBERED then table.remove(viewer.batches, 1) end
end
