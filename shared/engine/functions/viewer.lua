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

-- A batch that newer ones push out of the last eight is known by a record until so many ms after it was counted. By then
-- no repeat of it can still be on its way to Redis. A record is a digest of the id (8 bytes), the time (4 bytes: s, rounded
-- up), the number of buttons (1 byte), and of each the presses accepted (1 byte: a request counts at most 20 of a button).
local OLDER_FOR = 15000 -- ms
local RECORD_HEAD = 13 -- bytes

-- Returns { tokens, name, named_in (the round in whose list of names it stands), batches (packed, oldest first),
-- remembered (how many batches), older (records, oldest first), is_new (nothing kept of it), changed }
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

local function digest_of(id)
  local hex = redis.sha1hex(id)
  return struct.pack('>I4I4', tonumber(string.sub(hex, 1, 8), 16), tonumber(string.sub(hex, 9, 16), 16))
end

-- When the batch of a record was counted (ms), and how long the record is.
local function measure(records, first)
  local seconds = struct.unpack('>I4', records, first + 8)
  return seconds * 1000, RECORD_HEAD + string.byte(records, first + 12)
end

-- The results of the older batch of this id, which asks for the same buttons in the same order again; nil if there is none.
local function older_results(viewer, id, now, asked)
  if viewer.older == '' then return nil end
  local first = string.find(viewer.older, digest_of(id), 1, true)
  if not first or not server.near(measure(viewer.older, first), now, OLDER_FOR) then return nil end
  local results = {}
  for i, wish in ipairs(asked) do
    local n = #results
    results[n + 1], results[n + 2] = wish.event_type, string.byte(viewer.older, first + RECORD_HEAD + i - 1) or 0
    results[n + 3] = 0
  end
  return results
end

-- The outcome of the batch counted under this id, or nil. Of an older one, what fired and what was rejected is not kept.
function viewers.recall(viewer, id, now, asked)
  -- Most ids are new; this search finds that without unpacking.
  if string.find(viewer.batches, id, 1, true) then
    for _, batch in ipairs({ cmsgpack.unpack(viewer.batches) }) do
      local known_id, at, rejected, results = unpack(batch)
      if known_id == id and now - at < REMEMBERED_FOR then return { rejected = rejected, results = results } end
    end
  end
  local results = older_results(viewer, id, now, asked)
  return results and { rejected = {}, results = results }
end

-- The record of a batch with these results (event type, accepted, fired)…; nil if it counted no press. A repeat of such a
-- batch may count, as far as the viewer's token bucket allows. So the bucket also bounds how many records there are.
local function record_of(id, at, results)
  local accepted, any = {}, false
  for i = 2, #results, 3 do
    accepted[#accepted + 1] = string.char(results[i])
    any = any or results[i] > 0
  end
  if not any then return nil end
  return digest_of(id) .. struct.pack('>I4', math.ceil(at / 1000)) .. string.char(#accepted) .. table.concat(accepted)
end

-- Makes a record of the oldest of `batches`, and drops the records that are too old.
local function push_out(viewer, now)
  local second, batch = cmsgpack.unpack_one(viewer.batches)
  viewer.batches = string.sub(viewer.batches, second + 1)
  viewer.remembered = viewer.remembered - 1
  local first, last = 1, #viewer.older
  while first < last do
    local at, size = measure(viewer.older, first)
    if server.near(at, now, OLDER_FOR) then break end
    first = first + size
  end
  local id, at, _, results = unpack(batch)
  local record = server.near(at, now, OLDER_FOR) and record_of(id, at, results) or ''
  viewer.older = string.sub(viewer.older, first) .. record
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
