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

-- `results` are flat: (index, accepted, triggers)…, the first `n` values.
function dedup.packed(states, rejected, results, n)
  local packed = string.char(n / 3)
  for i = 1, n, 3 do
    local number = states.numbers[states[results[i] + 1].button.event_type]
    packed = packed .. struct.pack(OF_BUTTON, number > 255 and 0 or number, results[i + 1], results[i + 2])
  end
  return rejected and packed .. cmsgpack.pack(rejected) or packed
end

-- The results of a packed outcome, without buttons that were removed since; and the rejected presses, nil for none.
function dedup.unpacked(states, packed)
  local by_number, results, first_rejected = {}, {}, 2 + BUTTON_LENGTH * string.byte(packed, 1)
  for _, state in ipairs(states) do by_number[states.numbers[state.button.event_type]] = state end
  for i = 2, first_rejected - 1, BUTTON_LENGTH do
    local number, accepted, triggers = struct.unpack(OF_BUTTON, packed, i)
    local state, n = by_number[number], #results
    if state then results[n + 1], results[n + 2], results[n + 3] = state.button.index, accepted, triggers end
  end
  local rejected = string.sub(packed, first_rejected)
  return results, rejected ~= '' and cmsgpack.unpack(rejected) or nil
end

dedup.OVERTAKEN = '' -- in place of the outcome of a numbered batch whose sender has overtaken it

-- The parts of a viewer's `remembered`: recent, older (records of batches without a number, oldest first), and senders (of
-- numbered batches but the last sender's, oldest first, each { sender, number, outcome }).
local function parts(remembered)
  if remembered == '' then return '', '', {} end
  return cmsgpack.unpack(remembered)
end

-- A record has a digest of the batch's id (8 bytes), when it was counted (4 bytes: s), the outcome's length (1 byte), the
-- outcome.
local HEAD = 13

-- A digest of a batch's id, in 8 bytes.
local function digest_of(id)
  local hex = redis.sha1hex(id)
  return struct.pack('>I4I4', tonumber(string.sub(hex, 1, 8), 16), tonumber(string.sub(hex, 9, 16), 16))
end

-- Iterates over records: where each begins, where the next one does, and when its batch was counted (s).
local function each(records)
  local following = 1
  return function()
    local first = following
    if first > #records then return nil end
    local seconds, length = struct.unpack('>I4B', records, first + 8)
    following = first + HEAD + length
    return first, following, seconds
  end
end

-- Whether a batch was counted less than `period` s ago. One of the future is: the clock was set back since.
local function is_within(seconds, now, period)
  return now / 1000 - seconds < period
end

-- The outcome in the record with this digest, if it is not older than `period`; nil if there is none.
local function find(records, digest, now, period)
  if not string.find(records, digest, 1, true) then return nil end
  for first, following, seconds in each(records) do -- the digest's bytes may stand inside of one
    if string.sub(records, first, first + 7) == digest and is_within(seconds, now, period) then
      return string.sub(records, first + HEAD, following - 1)
    end
  end
  return nil
end

-- The packed outcome of a batch without a number that was counted before, or nil. `remembered` is the viewer's.
function dedup.recall_id(remembered, id, now)
  if remembered == '' then return nil end
  local recent, older = parts(remembered)
  local digest = digest_of(id)
  return find(recent, digest, now, REMEMBERED_FOR) or find(older, digest, now, OLDER_FOR)
end

-- The packed outcome of a numbered batch that was counted before, or nil. One that its sender has overtaken with a greater
-- number never counts. `last_sender`, `last_number` and `last_outcome` are of the viewer's last numbered batch.
function dedup.recall_number(remembered, last_sender, last_number, last_outcome, sender, number)
  local last, outcome = 0, nil
  if last_sender == sender then
    last, outcome = last_number, last_outcome
  elseif remembered ~= '' then
    local _, _, senders = parts(remembered)
    for _, known in ipairs(senders) do
      if known[1] == sender then last, outcome = known[2], known[3] end
    end
  end
  if number == last then return outcome end
  return number < last and dedup.OVERTAKEN or nil
end

-- Whether the outcome has any accepted press. If not, a repeat may count, as far as the token bucket allows: so the bucket
-- also bounds how many records there are.
local function counted_any(outcome)
  for i = 1, string.byte(outcome, 1) do
    if string.byte(outcome, BUTTON_LENGTH * i - 1) > 0 then return true end
  end
  return false
end

-- The records, those of the future dated `second`: after the clock was set back they are forgotten in time.
local function redated(records, second)
  local dated = ''
  for first, following, seconds in each(records) do
    dated = dated .. string.sub(records, first, first + 7) .. struct.pack('>I4', math.min(seconds, second))
      .. string.sub(records, first + 12, following - 1)
  end
  return dated
end

-- Moves the oldest of `recent` to `older`, and forgets what is too old there. Returns both.
local function push_out(recent, older, now)
  local _, second, seconds = each(recent)()
  local kept = #older + 1
  for first, _, counted_at in each(older) do
    if is_within(counted_at, now, OLDER_FOR) then
      kept = first
      break
    end
  end
  older = string.sub(older, kept)
  if is_within(seconds, now, OLDER_FOR) and counted_any(string.sub(recent, HEAD + 1, second - 1)) then
    older = older .. string.sub(recent, 1, second - 1)
  end
  return string.sub(recent, second), older
end

-- What the viewer remembers after a batch without a number, which was counted now.
function dedup.remember_id(remembered, id, now, outcome)
  local recent, older, senders = parts(remembered)
  local second, length, last = math.ceil(now / 1000), 0, 0
  for _, _, seconds in each(recent) do length, last = length + 1, seconds end
  if last > second then recent, older = redated(recent, second), redated(older, second) end
  if length == RECENT then recent, older = push_out(recent, older, now) end
  local head = digest_of(id) .. struct.pack('>I4B', second, #outcome)
  return cmsgpack.pack(recent .. head .. outcome, older, senders)
end

-- What the viewer remembers once `sender` takes the place of the last sender, who goes to the others.
function dedup.remember_sender(remembered, last_sender, last_number, last_outcome, sender)
  local recent, older, senders = parts(remembered)
  local others = {}
  for _, known in ipairs(senders) do
    if known[1] ~= sender then others[#others + 1] = known end
  end
  if last_number > 0 then others[#others + 1] = { last_sender, last_number, last_outcome } end
  if #others > SENDERS then table.remove(others, 1) end
  return cmsgpack.pack(recent, older, others)
end
