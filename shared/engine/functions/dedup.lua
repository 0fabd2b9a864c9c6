-- What a viewer remembers of its counted batches, so that a repeat counts nothing and gets the same answer: of each sender
-- of numbered batches the last number; of batches without a number the last eight, and all of the last 15 s.

local dedup = {}

local RECENT = 8 -- batches without a number that are remembered whatever their age
local REMEMBERED_FOR = 299 -- s that any of them is remembered: 5 minutes, less the second by which times are rounded up
local OLDER_FOR = 15 -- s, at least; by then no repeat of it can still be on its way to Redis
local SENDERS = 3 -- of numbered batches, besides the last one

-- An outcome, packed: the number of buttons (1 byte), of each its number in the room (1 byte: 0 if that is above 255), the
-- accepted presses (1 byte: a request counts at most 100 of a button) and the triggers (2 bytes: at most LOG_LIMIT, since a
-- count that is far above a fallen threshold fires them all); then the rejected presses, if there are any.
local OF_BUTTON, BUTTON_LENGTH = '>BBH', 4

local function packed_outcome(states, rejected, results)
  local packed = string.char(#results / 3)
  for i = 1, #results, 3 do
    local number = states[results[i] + 1].number
    packed = packed .. struct.pack(OF_BUTTON, number > 255 and 0 or number, results[i + 1], results[i + 2])
  end
  return rejected and packed .. cmsgpack.pack(rejected) or packed
end

-- An outcome as { rejected (nil for none), results }, without buttons that were removed since.
local function unpacked_outcome(states, packed)
  local by_number, results, first_rejected = {}, {}, 2 + BUTTON_LENGTH * string.byte(packed, 1)
  for _, state in ipairs(states) do by_number[state.number] = state end
  for i = 2, first_rejected - 1, BUTTON_LENGTH do
    local number, accepted, triggers = struct.unpack(OF_BUTTON, packed, i)
    local state, n = by_number[number], #results
    if state then results[n + 1], results[n + 2], results[n + 3] = state.index, accepted, triggers end
  end
  local rejected = string.sub(packed, first_rejected)
  return { rejected = rejected ~= '' and cmsgpack.unpack(rejected) or nil, results = results }
end

local OVERTAKEN = '' -- in place of the outcome of a numbered batch whose sender has overtaken it

-- The results of a batch of which nothing counts.
function dedup.nothing_of(step, batch)
  local results = {}
  for i = batch.first_item, batch.last_item, 2 do
    local n = #results
    results[n + 1], results[n + 2], results[n + 3] = step.index_of[step.items[i]] - 1, 0, 0
  end
  return results
end

-- The parts of a viewer's `remembered`: recent, older (records of batches without a number, oldest first), and senders (of
-- numbered batches but the last sender's, oldest first, each { sender, number, outcome }).
local function parts(viewer)
  if viewer.remembered == '' then return '', '', {} end
  return cmsgpack.unpack(viewer.remembered)
end

-- A record has a digest of the batch's id (8 bytes), when it was counted (4 bytes: s), the outcome's length (1 byte), the
-- outcome.
local HEAD = 13

-- A digest of a batch's id, in 8 bytes.
function dedup.digest_of(id)
  local hex = redis.sha1hex(id)
  return struct.pack('>I4I4', tonumber(string.sub(hex, 1, 8), 16), tonumber(string.sub(hex, 9, 16), 16))
end

-- Where the record after the one at `first` begins, and when that one's batch was counted (s).
local function record_at(records, first)
  local seconds, length = struct.unpack('>I4B', records, first + 8)
  return first + HEAD + length, seconds
end

-- Whether a batch was counted less than `period` s ago. One of the future is: the clock was set back since.
local function is_within(seconds, now, period)
  return now / 1000 - seconds < period
end

-- The outcome in the record with this digest, if it is not older than `period`; nil if there is none.
local function find(records, digest, now, period)
  if not string.find(records, digest, 1, true) then return nil end
  local first = 1
  while first < #records do -- from record to record: the digest's bytes may stand inside of one
    local following, seconds = record_at(records, first)
    if string.sub(records, first, first + 7) == digest and is_within(seconds, now, period) then
      return string.sub(records, first + HEAD, following - 1)
    end
    first = following
  end
  return nil
end

local function recall_id(viewer, id, now)
  if viewer.remembered == '' then return nil end
  local recent, older = parts(viewer)
  local digest = dedup.digest_of(id)
  return find(recent, digest, now, REMEMBERED_FOR) or find(older, digest, now, OLDER_FOR)
end

local function recall_number(viewer, sender, number)
  local last, outcome = 0, nil
  if viewer.sender == sender then
    last, outcome = viewer.number, viewer.outcome
  elseif viewer.remembered ~= '' then
    local _, _, senders = parts(viewer)
    for _, known in ipairs(senders) do
      if known[1] == sender then last, outcome = known[2], known[3] end
    end
  end
  if number == last then return outcome end
  return number < last and OVERTAKEN or nil
end

-- What became of a batch if it was counted before ({ rejected, results }), or nil. A numbered batch that its sender has
-- overtaken with a greater number never counts.
function dedup.recall(step, batch)
  local found
  if batch.number > 0 then
    found = recall_number(batch.viewer, batch.sender, batch.number)
  else
    found = recall_id(batch.viewer, batch.batch_id, step.room.now)
  end
  if found == OVERTAKEN then return { results = dedup.nothing_of(step, batch) } end
  return found and unpacked_outcome(step.states, found)
end

-- Whether the outcome has any accepted press. If not, a repeat may count, as far as the token bucket allows: so the bucket
-- also bounds how many records there are.
local function counted_any(outcome)
  for i = 1, string.byte(outcome, 1) do
    if string.byte(outcome, BUTTON_LENGTH * i - 1) > 0 then return true end
  end
  return false
end

-- How many records there are, and when the last one's batch was counted (s).
local function length_of(records)
  local n, first, seconds = 0, 1, 0
  while first < #records do
    n = n + 1
    first, seconds = record_at(records, first)
  end
  return n, seconds
end

-- The records, those of the future dated `second`: after the clock was set back they are forgotten in time.
local function redated(records, second)
  local dated, first = '', 1
  while first < #records do
    local following, seconds = record_at(records, first)
    dated = dated .. string.sub(records, first, first + 7) .. struct.pack('>I4', math.min(seconds, second))
      .. string.sub(records, first + 12, following - 1)
    first = following
  end
  return dated
end

-- Moves the oldest of `recent` to `older`, and forgets what is too old there. Returns both.
local function push_out(recent, older, now)
  local second, seconds = record_at(recent, 1)
  local first = 1
  while first < #older do
    local following, counted_at = record_at(older, first)
    if is_within(counted_at, now, OLDER_FOR) then break end
    first = following
  end
  older = string.sub(older, first)
  if is_within(seconds, now, OLDER_FOR) and counted_any(string.sub(recent, HEAD + 1, second - 1)) then
    older = older .. string.sub(recent, 1, second - 1)
  end
  return string.sub(recent, second), older
end

local function remember_id(viewer, id, now, outcome)
  local recent, older, senders = parts(viewer)
  local second, length, last = math.ceil(now / 1000), length_of(recent)
  if last > second then recent, older = redated(recent, second), redated(older, second) end
  if length == RECENT then recent, older = push_out(recent, older, now) end
  local head = dedup.digest_of(id) .. struct.pack('>I4B', second, #outcome)
  viewer.remembered = cmsgpack.pack(recent .. head .. outcome, older, senders)
end

-- Makes `sender` the last one, with its number. The one before it goes to the others.
local function remember_number(viewer, sender, number, outcome)
  if viewer.sender ~= sender then
    local recent, older, senders = parts(viewer)
    local others = {}
    for _, known in ipairs(senders) do
      if known[1] ~= sender then others[#others + 1] = known end
    end
    if viewer.number > 0 then others[#others + 1] = { viewer.sender, viewer.number, viewer.outcome } end
    if #others > SENDERS then table.remove(others, 1) end
    viewer.remembered = cmsgpack.pack(recent, older, others)
  end
  viewer.sender, viewer.number, viewer.outcome = sender, number, outcome
end

-- Remembers what became of a batch that was counted now.
function dedup.remember(step, batch, results)
  local viewer, outcome = batch.viewer, packed_outcome(step.states, batch.rejected, results)
  viewer.changed, viewer.counted = true, true
  if batch.number > 0 then
    remember_number(viewer, batch.sender, batch.number, outcome)
  else
    remember_id(viewer, batch.batch_id, step.room.now, outcome)
  end
end
