-- Who pressed most: the round's top lists, sorted sets of all buttons together, of each button and of each team. A list has
-- only those who may be among its first hundred.

local tops = {}

local LISTED = 200 -- viewers of a list at least; it has at most twice as many after a call
local LOWEST_FOR = 1000 -- ms that a list's `lowest` is not read again

local RANKS = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100 } -- those that viewers see

-- The key of a button's list, computed from that of all buttons together.
function tops.of_button(all_key, event_type)
  return string.sub(all_key, 1, -#'all' - 1) .. 'button:' .. event_type
end

-- Of each list: what its viewer number LISTED pressed (0 while it has fewer; it never shrinks), and when that was read.
local last_read = rules.remembering(function() return { lowest = 0, at = 0 } end)

-- Opens a list for what viewers press in this call; `of` is its key in their presses. Who has pressed less than `lowest`
-- is left out: its next press enters it with its sum. `enter` appends what `close` writes: presses, viewer….
function tops.open(key, of, pressers, now)
  local list = { key = key, of = of, lowest = 0, has_new_presser = false }
  if pressers <= LISTED then return list end
  local last = last_read(key)
  if last.lowest == 0 or not server.near(last.at, now, LOWEST_FOR) then
    local last_listed = redis.call('ZRANGE', key, LISTED - 1, LISTED - 1, 'REV', 'WITHSCORES')
    last.lowest, last.at = tonumber(last_listed[2]) or 0, now
  end
  list.lowest = last.lowest
  return list
end

-- Adds to a viewer's `presses` those that count in the list. Returns the sum.
function tops.enter(list, id, presses, added)
  local pressed = (presses[list.of] or 0) + added
  presses[list.of] = pressed
  if pressed == added then list.has_new_presser = true end
  if pressed >= list.lowest then
    local n = #list
    list[n + 1], list[n + 2] = pressed, id
  end
  return pressed
end

-- Writes the list. Its expiry is extended by each new presser until it has LISTED of them; then only games extend it
-- (tops.expire_round). Returns whether it was extended.
function tops.close(list)
  if #list > 0 then
    local added = redis.call('ZADD', list.key, unpack(list))
    if added > 0 and list.lowest > 0 then redis.call('ZREMRANGEBYRANK', list.key, 0, -2 * LISTED - 1) end
  end
  local extends = list.has_new_presser and list.lowest == 0
  if extends then redis.call('EXPIRE', list.key, server.ROUND_TTL) end
  return extends
end

-- Lets what belongs to the round expire in so many s: its counts, its lists, of each button too, and its viewers.
function tops.expire_round(room, seconds)
  local counts_key, all_key, skill_key, enemy_key = rooms.round_keys(room, room.round)
  local of_round = { counts_key, all_key, skill_key, enemy_key, viewers.key_of(room, room.viewers_since) }
  for event_type in pairs(rules.numbers(room)) do of_round[#of_round + 1] = tops.of_button(all_key, event_type) end
  for _, key in ipairs(of_round) do redis.call('EXPIRE', key, seconds) end
end

-- What the viewers of some ranks pressed: rank, presses…. A viewer who knows its own presses finds its rank among them.
function tops.ranks(key)
  local flat = {}
  for _, rank in ipairs(RANKS) do
    local found = redis.call('ZRANGE', key, rank - 1, rank - 1, 'REV', 'WITHSCORES')
    if not found[1] then break end
    flat[#flat + 1], flat[#flat + 2] = rank, tonumber(found[2])
  end
  return flat
end

-- The viewer who pressed most, as { viewer_id, viewer_name, count }, or nil.
function tops.best(room, key)
  local viewer, presses = unpack(redis.call('ZRANGE', key, 0, 0, 'REV', 'WITHSCORES'))
  if not viewer then return nil end
  local name = not rooms.hides(room, viewer) and viewers.find(room, room.round, viewer) or ''
  return { viewer_id = viewer, viewer_name = name ~= '' and name or cjson.null, count = tonumber(presses) }
end

-- Encodes a list as a JSON array, also if it is empty.
function tops.array(list)
  return #list > 0 and cjson.encode(list) or '[]'
end
