-- One viewer in one room: the token bucket and the batches remembered, kept together as one packed value.

local viewers = {
  RATE = 20, -- thousandths of a press per ms: 20 presses a second
  BURST = 60000, -- thousandths of a press
}

local REMEMBERED = 8 -- counted batches
-- The packed value's form. During a rolling upgrade each of two releases reads what the other wrote, so the next form may
-- only append: fields to the value or to a batch, reasons to a batch's `rejected`. This release ignores them. Any other
-- change needs another key.
local FORM = 2
local REMEMBERED_FOR = 300000 -- ms

-- { tokens, name, named_in (the round whose names have it), batches (packed, one after the other, oldest first),
-- remembered (how many), is_new (or away for five minutes), changed }
function viewers.load(key, now)
  local packed = redis.call('GET', key)
  local form, tokens, at, name, remembered, batches, named_in
  if packed then form, tokens, at, name, remembered, batches, named_in = cmsgpack.unpack(packed) end
  if form ~= FORM and form ~= FORM + 1 then
    return { tokens = viewers.BURST, name = '', named_in = 0, batches = '', remembered = 0, is_new = true }
  end
  tokens = math.min(viewers.BURST, tokens + math.max(0, now - at) * viewers.RATE)
  return { tokens = tokens, name = name, named_in = named_in or 0, batches = batches, remembered = remembered }
end

-- Writes the viewer if it has changed.
function viewers.save(key, viewer, now)
  if not viewer.changed then return end
  viewer.changed = false
  local packed = cmsgpack.pack(FORM, viewer.tokens, now, viewer.name, viewer.remembered, viewer.batches,
    viewer.named_in)
  redis.call('SET', key, packed, 'PX', REMEMBERED_FOR)
end

-- How many of `n` presses the bucket pays for.
function viewers.affords(viewer, n)
  return math.min(n, math.floor(viewer.tokens / 1000))
end

function viewers.spend(viewer, n)
  viewer.tokens = viewer.tokens - n * 1000
end

-- What became of the batch counted under this id, or nil.
function viewers.recall(viewer, id, now)
  -- Most ids are new, and nothing need be unpacked to see it.
  if not string.find(viewer.batches, id, 1, true) then return nil end
  for _, batch in ipairs({ cmsgpack.unpack(viewer.batches) }) do
    local known_id, at, rejected, results = unpack(batch)
    if known_id == id and now - at < REMEMBERED_FOR then return { rejected = rejected, results = results } end
  end
  return nil
end

function viewers.remember(viewer, id, now, rejected, results)
  if viewer.remembered == REMEMBERED then
    local second = cmsgpack.unpack_one(viewer.batches)
    viewer.batches = string.sub(viewer.batches, second + 1)
    viewer.remembered = REMEMBERED - 1
  end
  viewer.batches = viewer.batches .. cmsgpack.pack({ id, now, viewers.some(rejected), results })
  viewer.remembered = viewer.remembered + 1
  viewer.changed = true
end

-- Presses rejected by reason, or an empty list where none were.
function viewers.some(rejected)
  for _, presses in ipairs(rejected) do
    if presses > 0 then return rejected end
  end
  return {}
end
