-- The viewers of a room, in hashes that expire as a whole. Values are packed: token bucket, name, presses in the round, and
-- the batches that must not count again.

local viewers = {
  RATE = 20, -- thousandths of a press per ms: 20 presses a second
  ALL = 0, -- the key of `presses` for all buttons together; 1… are event types' (see rules.numbers)
  TEAMS = { skill = -1, enemy = -2 }, -- keys of `presses` for the buttons of a team
}

local HASH_LASTS = 600000 -- ms after a viewer's last batch
local LONG_AGO = 300000 -- ms: by then a token bucket is full
-- The packed value's version. During a rolling upgrade both releases read what the other wrote, so the next version may only
-- append values. This release ignores what it does not know, so appending keeps the version. Any other change needs another
-- key.
local FORM = 3

-- A room's viewers are in a hash that is named by the round that began it; who is not in it may be in the one before.
local function key_of(room, round)
  return string.format('%s:%d:viewers', room.key, round)
end

-- Begins another hash with the room's new round, unless the present one is too young: a viewer's batches must be known for
-- some minutes, however short rounds are.
function viewers.begin_round(room)
  if server.near(room.viewers_at, room.now, HASH_LASTS) then return end
  room.viewers_before, room.viewers_since, room.viewers_at = room.viewers_since, room.round, room.now
  redis.call('HSET', room.key, 'viewers_since', room.viewers_since, 'viewers_before', room.viewers_before, 'viewers_at',
    room.viewers_at)
end

-- Extends the viewers' expiry.
function viewers.extend_expiry(room)
  redis.call('EXPIRE', key_of(room, room.viewers_since), server.ROUND_TTL)
end

-- Lets the viewers expire a day after the round's end.
function viewers.end_round(room)
  redis.call('EXPIRE', key_of(room, room.viewers_since), server.DAY)
end

-- A viewer is { tokens (thousandths of a press), at (when it had so many, ms), name, named (the round's ledger has the
-- name), seat_at (s), seat_of (see addresses), presses (by key), sender, number and outcome (of the last numbered batch),
-- remembered (see dedup.lua), round (of its last change), changed, and of the call: counted (whether a
-- batch was), last_batch (see press.lua) }. Of an earlier round, presses do not count, nor that the
-- ledger has the name. Returns nil if another release packed it in a way that this one cannot read.
local function unpacked(packed, round)
  if not packed then return nil end
  local form, of_round, tokens, at, name, named, seat_at, seat_of, presses, sender, number, outcome, remembered =
    cmsgpack.unpack(packed)
  if form ~= FORM then return nil end
  local is_new = of_round ~= round
  return {
    tokens = tokens, at = at, name = name, named = named and not is_new, seat_at = seat_at, seat_of = seat_of,
    presses = is_new and {} or presses, sender = sender, number = number, outcome = outcome, remembered = remembered,
    round = of_round, changed = false, counted = false, last_batch = false,
  }
end

local function new_viewer(now)
  return {
    tokens = 0, at = now - LONG_AGO, name = '', named = false, seat_at = 0, seat_of = 0, presses = {}, sender = '',
    number = 0, outcome = '', remembered = '', round = false, changed = false, counted = false, last_batch = false,
  }
end

-- Returns the viewers with these ids, by id.
function viewers.load(room, ids)
  local by_id, missing = {}, {}
  for i, packed in ipairs(redis.call('HMGET', key_of(room, room.viewers_since), unpack(ids))) do
    local viewer = unpacked(packed, room.round)
    by_id[ids[i]] = viewer
    if not viewer then missing[#missing + 1] = ids[i] end
  end
  if #missing > 0 then
    for i, packed in ipairs(redis.call('HMGET', key_of(room, room.viewers_before), unpack(missing))) do
      by_id[missing[i]] = unpacked(packed, room.round) or new_viewer(room.now)
    end
  end
  return by_id
end

-- Writes the viewers that changed. The hash expires ROUND_TTL after somebody new came to the round.
function viewers.save(room, by_id)
  local entries, any_new = {}, false
  for id, viewer in pairs(by_id) do
    if viewer.changed then
      any_new = any_new or viewer.round ~= room.round -- the room's, because a press may have opened it meanwhile
      local n = #entries
      entries[n + 1] = id
      entries[n + 2] = cmsgpack.pack(FORM, room.round, viewer.tokens, viewer.at, viewer.name, viewer.named, viewer.seat_at,
        viewer.seat_of, viewer.presses, viewer.sender, viewer.number, viewer.outcome, viewer.remembered)
    end
  end
  if #entries == 0 then return end
  local key = key_of(room, room.viewers_since)
  redis.call('HSET', key, unpack(entries))
  if any_new then redis.call('EXPIRE', key, server.ROUND_TTL) end
end

-- A viewer's name and presses in a round: '' and none if it is unknown.
function viewers.find(room, round, id)
  local viewer = unpacked(redis.call('HGET', key_of(room, room.viewers_since), id), round) or new_viewer(0)
  return viewer.name, viewer.presses
end

-- Reads about `size` viewers from a cursor on. Returns the next cursor, and those of them who pressed in the round:
-- (viewer, name or '', presses, 0)….
function viewers.scan(room, cursor, size)
  local next_cursor, found = unpack(redis.call('HSCAN', key_of(room, room.viewers_since), cursor, 'COUNT', size))
  local flat, n = {}, 0
  for i = 1, #found, 2 do
    local viewer = unpacked(found[i + 1], room.round)
    local presses = viewer and viewer.presses[viewers.ALL] or 0
    if presses > 0 then
      flat[n + 1], flat[n + 2], flat[n + 3], flat[n + 4] = found[i], viewer.name, presses, 0
      n = n + 4
    end
  end
  return next_cursor, flat
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
