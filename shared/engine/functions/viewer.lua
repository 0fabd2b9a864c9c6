-- The viewers of a room, in hashes that expire as a whole. Values are packed: token bucket, name, presses in the round, and
-- the batches that must not count again.

local viewers = {
  RATE = 20, -- thousandths of a press per ms: 20 presses a second
  ALL = 0, -- the key of `presses` for all buttons together; 1… are event types' (see rules.numbers)
  TEAMS = { skill = -1, enemy = -2 }, -- keys of `presses` for the buttons of a team
  BARS = -2, -- minus an event type's number: the key of `presses` for the bar that the viewer is in (buttons.add_person)
}

local HASH_LASTS = 600000 -- ms after a viewer's last batch
local LONG_AGO = 300000 -- ms: by then a token bucket is full
-- The packed value's version. During a rolling upgrade both releases read what the other wrote, so the next version may only
-- append values. This release ignores what it does not know, so appending keeps the version. Any other change needs another
-- key.
local FORM = 3

-- A room's viewers are in a hash that is named by the round that began it; who is not in it may be in the one before.
function viewers.key_of(room, round)
  local keys = room.keys
  if keys.viewers_round ~= round then keys.viewers_round, keys.viewers = round, room.key .. ':' .. round .. ':viewers' end
  return keys.viewers
end

-- Begins another hash with the room's new round, unless the present one is too young: a viewer's batches must be known for
-- some minutes, however short rounds are.
function viewers.begin_round(room)
  local began_at = tonumber(redis.call('HGET', room.key, 'viewers_at') or 0)
  if server.near(began_at, room.now, HASH_LASTS) then return end
  room.viewers_before, room.viewers_since = room.viewers_since, room.round
  redis.call('HSET', room.key, 'viewers_since', room.viewers_since, 'viewers_before', room.viewers_before, 'viewers_at',
    room.now)
end

-- What a packed value says of a viewer in a round: the round of its last change, tokens (thousandths of a press), at (when
-- it had so many, ms), name, named (the round's ledger has the name), seat_at (s) and seat_of (see addresses), presses (by
-- key), sender, number and outcome (of the last numbered batch), remembered (see dedup.lua). Of an earlier round neither
-- presses count nor that the ledger has the name. A viewer is new, of no round, if the value is false, or if another
-- release packed it in a way that this one cannot read. These are values, not a table, which would cost a press more than
-- all its rules.
function viewers.unpacked(packed, round, now)
  if packed then
    local form, of_round, tokens, at, name, named, seat_at, seat_of, presses, sender, number, outcome, remembered =
      cmsgpack.unpack(packed)
    if form == FORM then
      if of_round ~= round then presses, named = {}, false end
      return of_round, tokens, at, name, named, seat_at, seat_of, presses, sender, number, outcome, remembered
    end
  end
  return false, 0, now - LONG_AGO, '', false, 0, 0, {}, '', 0, '', ''
end

-- The value of a viewer, who has changed in this round.
function viewers.packed(round, ...)
  return cmsgpack.pack(FORM, round, ...)
end

-- The values of the viewers with these ids, in their order; false for who is new.
function viewers.read(room, ids)
  local values, missing = redis.call('HMGET', viewers.key_of(room, room.viewers_since), unpack(ids)), nil
  for i = 1, #ids do
    if not values[i] then
      missing = missing or {}
      missing[#missing + 1] = ids[i]
    end
  end
  if not missing then return values end
  local earlier, n = redis.call('HMGET', viewers.key_of(room, room.viewers_before), unpack(missing)), 0
  for i = 1, #ids do
    if not values[i] then
      n = n + 1
      values[i] = earlier[n]
    end
  end
  return values
end

-- Writes values by id. The hash expires ROUND_TTL after somebody new came to the round.
function viewers.write(room, by_id, any_new)
  local entries, n = {}, 0
  for id, packed in pairs(by_id) do
    entries[n + 1], entries[n + 2] = id, packed
    n = n + 2
  end
  if n == 0 then return end
  local key = viewers.key_of(room, room.viewers_since)
  redis.call('HSET', key, unpack(entries))
  if any_new then redis.call('EXPIRE', key, server.ROUND_TTL) end
end

-- Adds to `by_id` the values with a seat of this second of those who took one (`seat_tags`: the address's tag, by id), but
-- for those who are there already. `values` are those before, in the order of `ids`. Returns whether anybody is new in the
-- round.
function viewers.seat(room, ids, values, seat_tags, by_id)
  local any_new = false
  for i, id in ipairs(ids) do
    if seat_tags[id] and not by_id[id] then
      local of_round, tokens, at, name, named, _, _, presses, sender, number, outcome, remembered =
        viewers.unpacked(values[i], room.round, room.now)
      by_id[id] = viewers.packed(room.round, tokens, at, name, named, math.floor(room.now / 1000), seat_tags[id], presses,
        sender, number, outcome, remembered)
      any_new = any_new or of_round ~= room.round
    end
  end
  return any_new
end

-- A viewer's name and presses in a round: '' and none if it is unknown.
function viewers.find(room, round, id)
  local packed = redis.call('HGET', viewers.key_of(room, room.viewers_since), id)
  local _, _, _, name, _, _, _, presses = viewers.unpacked(packed, round, 0)
  return name, presses
end

-- Reads about `size` viewers from a cursor on. Returns the next cursor, and those of them who pressed in the round:
-- (viewer, name or '', presses, 0)….
function viewers.scan(room, cursor, size)
  local next_cursor, found = unpack(redis.call('HSCAN', viewers.key_of(room, room.viewers_since), cursor, 'COUNT', size))
  local flat, n = {}, 0
  for i = 1, #found, 2 do
    local _, _, _, name, _, _, _, presses = viewers.unpacked(found[i + 1], room.round, 0)
    local pressed = presses[viewers.ALL] or 0
    if pressed > 0 then
      flat[n + 1], flat[n + 2], flat[n + 3], flat[n + 4] = found[i], name, pressed, 0
      n = n + 4
    end
  end
  return next_cursor, flat
end

-- The active viewers: those who pressed or joined within 30 s. A sorted set; the score is the last time (ms).
local active = {}

local ACTIVE_FOR = 30000 -- ms

function active.count(room)
  local now = room.now
  return redis.call('ZCOUNT', room.keys.active, now - ACTIVE_FOR + 1, now + ACTIVE_FOR - 1) -- see server.near
end

-- Whether a viewer who was marked at this time is active now. The time's fraction says nothing of that: see arrivals.lua.
function active.is_fresh(room, marked_at)
  return server.near(math.floor(marked_at), room.now, ACTIVE_FOR)
end

-- Marks these viewers active (`marked` is a flat list: time, viewer…) and returns how many are active. Every 30 s, and when
-- the set is created, extends its expiry and removes the inactive ones.
function active.mark(room, marked)
  local key, now = room.keys.active, room.now
  local added = #marked > 0 and redis.call('ZADD', key, unpack(marked)) or 0
  local count = active.count(room)
  if added < count and server.near(room.active_extended_at, now, ACTIVE_FOR) then return count end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ACTIVE_FOR)
  redis.call('ZREMRANGEBYSCORE', key, now + ACTIVE_FOR, '+inf')
  redis.call('PEXPIRE', key, 2 * ACTIVE_FOR)
  redis.call('HSET', room.key, 'active_extended_at', now)
  return count
end

-- Publishes a changed count to the owning gateway, at most once a second. The gateway's next `check` returns a count
-- that was not published.
function active.publish(room, count)
  if room.owner == '' or count == room.published_viewers or server.near(room.published_at, room.now, 1000) then return end
  redis.call('HSET', room.key, 'published_viewers', count, 'published_at', room.now)
  redis.call('PUBLISH', 'game_events:' .. room.owner, string.format(
    '{"type":"viewer_count_update","room_id":"%s","viewer_count":%d}', room.id, count))
end
