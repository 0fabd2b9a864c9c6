-- One viewer in one room: its token bucket and its remembered batches, in one packed value.

local viewers = {
  RATE = 20, -- thousandths of a press per ms: 20 presses a second
  BURST = 60000, -- thousandths of a press
}

local REMEMBERED = 8 -- counted batches
-- The packed value's format version. During a rolling upgrade both releases read what the other wrote, so the next
-- format may only append: fields to the value or to a batch, reasons to a batch's `rejected`. This release ignores what it
-- does not know, so appending keeps the version. Any other change needs another key.
local FORM = 2
local REMEMBERED_FOR = 300000 -- ms

-- A batch that newer ones have pushed out of the last eight is remembered until so many ms after it was counted. By then
-- no repeat of it can still be on its way to Redis.
local OLDER_FOR = 15000 -- ms

-- Returns { tokens, name, named_in (the round in whose list of names it stands), batches (packed, oldest first), remembered (how many
-- batches), older (pushed-out batches, packed likewise, by `brief_id`), is_new (nothing kept of it), changed }
function viewers.load(key, now)
  local packed = redis.call('GET', key)
  local form, tokens, at, name, remembered, batches, named_in, older
  if packed then form, tokens, at, name, remembered, batches, named_in, older = cmsgpack.unpack(packed) end
  if form ~= FORM and form ~= FORM + 1 then
    return { tokens = viewers.BURST, name = '', named_in = 0, batches = '', remembered = 0, older = '', is_new = true }
  end
  tokens = math.min(viewers.BURST, tokens + math.max(0, now - at) * viewers.RATE)
  return {
    tokens = tokens, name = name, named_in = named_in or 0, batches = batches, remembered = remembered,
    older = older or '',
  }
end

-- Writes the viewer if it has changed.
function viewers.save(key, viewer, now)
  if not viewer.changed then return end
  viewer.changed = false
  local packed = cmsgpack.pack(FORM, viewer.tokens, now, viewer.name, viewer.remembered, viewer.batches,
    viewer.named_in, viewer.older)
  redis.call('SET', key, packed, 'PX', REMEMBERED_FOR)
end

-- How many of `n` presses the bucket has tokens for.
function viewers.affords(viewer, n)
  return math.min(n, math.floor(viewer.tokens / 1000))
end

function viewers.spend(viewer, n)
  viewer.tokens = viewer.tokens - n * 1000
end

-- The id, or a digest of it, in at most 16 bytes.
local function brief_id(id)
  return #id > 16 and string.sub(redis.sha1hex(id), 1, 16) or id
end

-- Finds a batch in a packed list that was counted less than `period` ms ago.
local function find(batches, id, now, period)
  -- Most ids are new; this search finds that without unpacking.
  if not string.find(batches, id, 1, true) then return nil end
  for _, batch in ipairs({ cmsgpack.unpack(batches) }) do
    local known_id, at, rejected, results = unpack(batch)
    if known_id == id and now - at < period then return { rejected = rejected, results = results } end
  end
end

-- The outcome of the batch counted under this id, or nil.
function viewers.recall(viewer, id, now)
  local known = find(viewer.batches, id, now, REMEMBERED_FOR)
  if known or viewer.older == '' then return known end
  return find(viewer.older, brief_id(id), now, OLDER_FOR)
end

-- Whether a batch with these results (event type, accepted, fired)… counted any press.
local function counted_any(results)
  for i = 2, #results, 3 do
    if results[i] > 0 then return true end
  end
  return false
end

-- Moves the oldest of `batches` to `older`, and removes from `older` the batches that are too old.
local function push_out(viewer, now)
  local second, batch = cmsgpack.unpack_one(viewer.batches)
  viewer.batches = string.sub(viewer.batches, second + 1)
  viewer.remembered = viewer.remembered - 1
  while viewer.older ~= '' do
    local next_one, oldest = cmsgpack.unpack_one(viewer.older)
    if server.near(oldest[2], now, OLDER_FOR) then break end
    viewer.older = next_one < 0 and '' or string.sub(viewer.older, next_one + 1)
  end
  local id, at, rejected, results = unpack(batch)
  -- A batch that counted nothing is not kept: a repeat may count, as far as the viewer's token bucket allows.
  if server.near(at, now, OLDER_FOR) and counted_any(results) then
    viewer.older = viewer.older .. cmsgpack.pack({ brief_id(id), at, rejected, results })
  end
end

function viewers.remember(viewer, id, now, rejected, results)
  if viewer.remembered == REMEMBERED then push_out(viewer, now) end
  viewer.batches = viewer.batches .. cmsgpack.pack({ id, now, viewers.some(rejected), results })
  viewer.remembered = viewer.remembered + 1
  viewer.changed = true
end

-- Rejected presses by reason, or an empty list if there are none.
function viewers.some(rejected)
  for _, presses in ipairs(rejected) do
    if presses > 0 then return rejected end
  end
  return {}
end
