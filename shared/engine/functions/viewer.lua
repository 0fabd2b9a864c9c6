-- The viewers of one round of a room: a hash that expires as a whole. Its values are packed: token bucket, name, presses
-- in the round, and the batches that must not count again.

local viewers = {
  RATE = 20, -- thousandths of a press per ms: 20 presses a second
  ALL = 0, -- the key of `presses` for all buttons together; 1… are event types' (see rules.numbers)
  TEAMS = { skill = -1, enemy = -2 }, -- keys of `presses` for the buttons of a team
}

-- The packed value's version. During a rolling upgrade both releases read what the other wrote, so the next version may only
-- append values. This release ignores what it does not know, so appending keeps the version. Any other change needs another
-- key.
local FORM = 3
local LONG_AGO = 300000 -- ms: by then a token bucket is full

-- A viewer is { tokens (thousandths of a press), at (when it had so many, ms), name, named (the round's ledger has the
-- name), seat_at (s), seat_of (see addresses), presses (by key), sender, number and outcome (of the last numbered batch),
-- remembered (see dedup.lua), is_new (not in this hash yet), changed }.
-- Returns nil if there is none, or another release packed it in a way that this one cannot read.
local function unpacked(packed)
  if not packed then return nil end
  local form, tokens, at, name, named, seat_at, seat_of, presses, sender, number, outcome, remembered =
    cmsgpack.unpack(packed)
  if form ~= FORM then return nil end
  return {
    tokens = tokens, at = at, name = name, named = named, seat_at = seat_at, seat_of = seat_of, presses = presses,
    sender = sender, number = number, outcome = outcome, remembered = remembered,
  }
end

-- What carries over from the round before: all but the presses, and that the ledger has the name.
local function carried_over(packed)
  local viewer = unpacked(packed)
  if not viewer then return nil end
  viewer.presses, viewer.named, viewer.is_new = {}, false, true
  return viewer
end

local function new_viewer(now)
  return {
    tokens = 0, at = now - LONG_AGO, name = '', named = false, seat_at = 0, seat_of = 0, presses = {}, sender = '',
    number = 0, outcome = '', remembered = '', is_new = true,
  }
end

-- Returns the viewers with these ids, by id. `before` is the hash of the round before.
function viewers.load(key, before, ids, now)
  local by_id, missing = {}, {}
  for i, packed in ipairs(redis.call('HMGET', key, unpack(ids))) do
    local viewer = unpacked(packed)
    by_id[ids[i]] = viewer
    if not viewer then missing[#missing + 1] = ids[i] end
  end
  if #missing > 0 then
    for i, packed in ipairs(redis.call('HMGET', before, unpack(missing))) do
      by_id[missing[i]] = carried_over(packed) or new_viewer(now)
    end
  end
  return by_id
end

-- Writes the viewers that changed; the hash expires ROUND_KEPT after the last new one.
function viewers.save(key, by_id)
  local words, any_new = {}, false
  for id, viewer in pairs(by_id) do
    if viewer.changed then
      any_new = any_new or viewer.is_new
      local n = #words
      words[n + 1] = id
      words[n + 2] = cmsgpack.pack(FORM, viewer.tokens, viewer.at, viewer.name, viewer.named, viewer.seat_at,
        viewer.seat_of, viewer.presses, viewer.sender, viewer.number, viewer.outcome, viewer.remembered)
    end
  end
  if #words > 0 then redis.call('HSET', key, unpack(words)) end
  if any_new then redis.call('EXPIRE', key, ROUND_KEPT) end
end

-- A viewer's name and presses in the round: '' and none if it is unknown.
function viewers.find(key, id)
  local viewer = unpacked(redis.call('HGET', key, id)) or new_viewer(0)
  return viewer.name, viewer.presses
end

-- A viewer's name in the round, or ''. The previous release kept names in a hash of their own.
function viewers.name_of(room, key, id)
  local name = viewers.find(key, id)
  if name ~= '' then return name end
  return redis.call('HGET', string.format('%s:%d:names', room.key, room.round), id) or ''
end

-- Fills the bucket, which holds `burst` presses, up to now.
function viewers.refill(viewer, burst, now)
  viewer.tokens = math.min(burst * 1000, viewer.tokens + math.max(0, now - viewer.at) * viewers.RATE)
  viewer.at = now
end

-- Adds presses under a key of `presses` and returns the sum.
function viewers.add(viewer, key, n)
  local sum = (viewer.presses[key] or 0) + n
  viewer.presses[key] = sum
  return sum
end
