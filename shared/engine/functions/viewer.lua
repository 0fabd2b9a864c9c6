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

-- Older batches that counted something are known by a digest of their id for `DIGESTS_FOR` ms after they were counted:
-- longer than any repeat that is under way at the same time. Records of DIGEST_SIZE bytes: the digest, and when (s).
local DIGESTS_FOR = 15000
local DIGEST, DIGEST_SIZE = '>I4I4I4', 12

-- { tokens, name, named_in (the round whose names have it), batches (packed, one after the other, oldest first),
-- remembered (how many), digests (of those before them, oldest first), is_new (or away for five minutes), changed }
function viewers.load(key, now)
  local packed = redis.call('GET', key)
  local form, tokens, at, name, remembered, batches, named_in, digests
  if packed then form, tokens, at, name, remembered, batches, named_in, digests = cmsgpack.unpack(packed) end
  if form ~= FORM and form ~= FORM + 1 then
    return { tokens = viewers.BURST, name = '', named_in = 0, batches = '', remembered = 0, digests = '', is_new = true }
  end
  tokens = math.min(viewers.BURST, tokens + math.max(0, now - at) * viewers.RATE)
  return {
    tokens = tokens, name = name, named_in = named_in or 0, batches = batches, remembered = remembered,
    digests = digests or '',
  }
end

-- Writes the viewer if it has changed.
function viewers.save(key, viewer, now)
  if not viewer.changed then return end
  viewer.changed = false
  local packed = cmsgpack.pack(FORM, viewer.tokens, now, viewer.name, viewer.remembered, viewer.batches,
    viewer.named_in, viewer.digests)
  redis.call('SET', key, packed, 'PX', REMEMBERED_FOR)
end

-- How many of `n` presses the bucket pays for.
function viewers.affords(viewer, n)
  return math.min(n, math.floor(viewer.tokens / 1000))
end

function viewers.spend(viewer, n)
  viewer.tokens = viewer.tokens - n * 1000
end

-- The digest of a batch's id and the time, as a record.
local function record_of(id, at)
  local hex = redis.sha1hex(id)
  local high, low = string.sub(hex, 1, 8), string.sub(hex, 9, 16)
  return struct.pack(DIGEST, tonumber(high, 16), tonumber(low, 16), math.floor(at / 1000))
end

local function time_of(digests, first)
  local _, _, seconds = struct.unpack(DIGEST, digests, first)
  return seconds * 1000
end

-- Whether a batch of this id is among the digests.
local function is_digested(viewer, id, now)
  if viewer.digests == '' then return false end
  local digest = string.sub(record_of(id, now), 1, 8)
  local first = string.find(viewer.digests, digest, 1, true)
  while first and first % DIGEST_SIZE ~= 1 do
    first = string.find(viewer.digests, digest, first + 1, true)
  end
  return first and server.near(time_of(viewer.digests, first), now, DIGESTS_FOR)
end

-- The outcome of the batch counted under this id, without presses where only its digest is known; nil for a new one.
function viewers.recall(viewer, id, now)
  -- Most ids are new, and nothing need be unpacked to see it.
  if string.find(viewer.batches, id, 1, true) then
    for _, batch in ipairs({ cmsgpack.unpack(viewer.batches) }) do
      local known_id, at, rejected, results = unpack(batch)
      if known_id == id and now - at < REMEMBERED_FOR then return { rejected = rejected, results = results } end
    end
  end
  if is_digested(viewer, id, now) then return { rejected = {}, results = {} } end
  return nil
end

-- Whether any button of a batch's results (event type, accepted, fired) accepted a press.
local function counted_any(results)
  for i = 2, #results, 3 do
    if results[i] > 0 then return true end
  end
  return false
end

-- Forgets the oldest of the batches but for its digest, and the digests that are too old.
local function push_out(viewer, now)
  local second, oldest = cmsgpack.unpack_one(viewer.batches)
  viewer.batches = string.sub(viewer.batches, second + 1)
  viewer.remembered = viewer.remembered - 1
  local first = 1
  while first < #viewer.digests and not server.near(time_of(viewer.digests, first), now, DIGESTS_FOR) do
    first = first + DIGEST_SIZE
  end
  viewer.digests = string.sub(viewer.digests, first)
  local id, at, _, results = unpack(oldest)
  -- A batch that counted nothing may count when it is repeated. The rest is bounded by the viewer's bucket.
  if counted_any(results) and server.near(at, now, DIGESTS_FOR) then
    viewer.digests = viewer.digests .. record_of(id, at)
  end
end

function viewers.remember(viewer, id, now, rejected, results)
  if viewer.remembered == REMEMBERED then push_out(viewer, now) end
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
