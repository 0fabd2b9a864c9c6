-- The limited client addresses of a room: what the viewers behind one may do together. An address may press as much as
-- the number of viewers that it counts for. A round's effective number of sources treats it as one presser.
-- They are stored in hashes of five minutes each, which expire as a whole: an address is forgotten five to ten minutes after
-- its last press.

local addresses = {}

local PERIOD = 300000 -- ms
local SEAT_FOR = 30 -- s: as long as a viewer stays active

local function hash_of(room, periods_ago)
  return string.format('%s:addresses:%d', room.key, math.floor(room.now / PERIOD) - periods_ago)
end

local function unpacked_address(packed, room)
  local tokens, at, round, pressed, seats, tag = cmsgpack.unpack(packed)
  return { tokens = tokens, at = at, pressed = round == room.round and pressed or 0, seats = seats, tag = tag }
end

-- A viewer's entry has its address's tag for longer than the address is stored. So the tag also depends on the time, which
-- is stored nowhere: nobody finds the address by the tag.
local function new_address(room, name)
  local tag = tonumber(string.sub(redis.sha1hex(room.key .. ' ' .. room.now .. ' ' .. name), 1, 8), 16)
  return { tokens = 0, at = room.now - PERIOD, pressed = 0, seats = {}, tag = tag }
end

-- Forgets seats of viewers who are no longer active; returns how many are left.
local function taken(seats, now_s)
  local sum = 0
  for second, seated in pairs(seats) do
    if math.abs(now_s - second) < SEAT_FOR then
      sum = sum + seated
    else
      seats[second] = nil
    end
  end
  return sum
end

-- Fills in the addresses by name. An address is { tag (names it in its viewers), tokens (thousandths), at (when they were so
-- many, ms), pressed (in the round), seats (how many viewers by second of their last press), taken (seats altogether) }.
local function load_addresses(room, by_name)
  local names, missing = {}, {}
  for name in pairs(by_name) do names[#names + 1] = name end
  for i, packed in ipairs(redis.call('HMGET', hash_of(room, 0), unpack(names))) do
    if packed then
      by_name[names[i]] = unpacked_address(packed, room)
    else
      missing[#missing + 1] = names[i]
    end
  end
  if #missing > 0 then
    for i, packed in ipairs(redis.call('HMGET', hash_of(room, 1), unpack(missing))) do
      by_name[missing[i]] = packed and unpacked_address(packed, room) or new_address(room, missing[i])
    end
  end
  local now_s = math.floor(room.now / 1000)
  for _, address in pairs(by_name) do address.taken = taken(address.seats, now_s) end
end

-- Writes them all: a call loads only those whose viewers do something.
function addresses.save(room, by_name)
  if not next(by_name) then return end
  local entries = {}
  for name, address in pairs(by_name) do
    entries[#entries + 1] = name
    entries[#entries + 1] = cmsgpack.pack(address.tokens, address.at, room.round, address.pressed, address.seats,
      address.tag)
  end
  local key = hash_of(room, 0)
  redis.call('HSET', key, unpack(entries))
  redis.call('PEXPIREAT', key, (math.floor(room.now / PERIOD) + 2) * PERIOD)
end

-- Gives a viewer, whose last seat is `seat_at` (s) at the address with the tag `seat_of`, a seat of this second, if the
-- address has one left. A viewer who became active through another address needs a new seat, so that nobody bypasses an
-- address's limit.
local function has_seat(address, seat_at, seat_of, limit, now_s)
  local seats = address.seats
  local seated = seat_of == address.tag and seats[seat_at]
  if seated and seated > 0 then
    seats[seat_at] = seated > 1 and seated - 1 or nil
  elseif address.taken >= limit then
    return false
  else
    address.taken = address.taken + 1
  end
  seats[now_s] = (seats[now_s] or 0) + 1
  return true
end

-- Marks viewers active: `ids`, with their `values` (see viewers.read) and the names of their addresses ('' for no limit) in
-- the same order, and at these `times` (ms; now where there is none). Who finds no seat at an address is not marked. Returns
-- how many viewers are active, the addresses by name, of viewers who took a seat the address's tag, by id, and who was
-- marked, as a flat list: time, viewer….
function addresses.mark_active(room, ids, values, names, limit, times)
  local marked, seat_tags, by_name, now_s = {}, {}, {}, math.floor(room.now / 1000)
  for i = 1, #names do
    if names[i] ~= '' then by_name[names[i]] = true end
  end
  if next(by_name) then load_addresses(room, by_name) end
  for i = 1, #ids do
    local id, address = ids[i], by_name[names[i]]
    local is_marked = true
    if address then
      local _, _, _, _, _, seat_at, seat_of = viewers.unpacked(values[i], room.round, room.now)
      if seat_tags[id] then seat_at, seat_of = now_s, seat_tags[id] end
      is_marked = has_seat(address, seat_at, seat_of, limit, now_s)
      if is_marked then seat_tags[id] = address.tag end
    end
    if is_marked then marked[#marked + 1], marked[#marked + 2] = times and times[i] or room.now, id end
  end
  return active.mark(room, marked), by_name, seat_tags, marked
end

-- Fills the address's bucket up to now: it holds and gets as much as `limit` viewers, of whom each has `burst`.
function addresses.refill(address, limit, burst, now)
  local refilled = math.max(0, now - address.at) * limit * viewers.RATE
  address.tokens = math.min(burst * limit * 1000, address.tokens + refilled)
  address.at = now
end

-- spend: takes tokens from the token bucket of an address, a room, a token of it or a studio; each purpose (new viewers,
-- searches, stored bytes) has its own bucket. Also on a full server, where rounds can still be stopped and ended.
-- KEYS  1 bucket
-- ARGV  1 per_minute  2 burst  3 cost: how many, at most the burst
-- Reply ok | rate_limited, ms until it has so many
register('spend', function(keys, args)
  local bucket_key = keys[1]
  local per_minute, burst, cost = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  local now, bucket = server.now, redis.call('HMGET', bucket_key, 'tokens', 'at')
  local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
  tokens = math.min(burst, tokens + math.max(0, now - at) * per_minute / 60000)
  if tokens < cost then
    if at > now then redis.call('HSET', bucket_key, 'at', now) end -- the clock was set back: refill from now on
    return { 'rate_limited', math.ceil((cost - tokens) * 60000 / per_minute) }
  end
  redis.call('HSET', bucket_key, 'tokens', tostring(tokens - cost), 'at', now)
  redis.call('PEXPIRE', bucket_key, math.ceil(burst / per_minute * 60000) + 1000)
  return { 'ok' }
end, server.WHEN_FULL)
