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
-- (tops.extend_expiry). Returns whether it was extended.
function tops.close(list)
  if #list > 0 then
    local added = redis.call('ZADD', list.key, unpack(list))
    if added > 0 and list.lowest > 0 then redis.call('ZREMRANGEBYRANK', list.key, 0, -2 * LISTED - 1) end
  end
  local extends = list.has_new_presser and list.lowest == 0
  if extends then redis.call('EXPIRE', list.key, server.ROUND_TTL) end
  return extends
end

-- Extends the expiry of the round's lists, of all buttons together and of each team and button.
function tops.extend_expiry(room)
  local of = string.format('%s:%d:top:', room.key, room.round)
  for _, name in ipairs({ 'all', 'skill', 'enemy' }) do redis.call('EXPIRE', of .. name, server.ROUND_TTL) end
  for event_type in pairs(rules.numbers(room)) do
    redis.call('EXPIRE', tops.of_button(of .. 'all', event_type), server.ROUND_TTL)
  end
end

-- from = { room, blocked, shown (false hides every name) }
local function name_of(from, viewer)
  if not from.shown or redis.call('SISMEMBER', from.blocked, viewer) == 1 then return cjson.null end
  local name = viewers.find(from.room, from.room.round, viewer)
  return name ~= '' and name or cjson.null
end

-- The first `n` of a list as { viewer_id, viewer_name, count } tables.
function tops.first(key, n, from)
  local list = {}
  local flat = redis.call('ZRANGE', key, 0, n - 1, 'REV', 'WITHSCORES')
  for i = 1, #flat, 2 do
    list[#list + 1] = { viewer_id = flat[i], viewer_name = name_of(from, flat[i]), count = tonumber(flat[i + 1]) }
  end
  return list
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

-- The viewer who pressed most, or JSON null.
function tops.best(key, from)
  return tops.first(key, 1, from)[1] or cjson.null
end

-- Encodes a list as a JSON array, also if it is empty.
function tops.array(list)
  return #list > 0 and cjson.encode(list) or '[]'
end
