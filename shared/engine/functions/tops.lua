-- Who pressed most, from the round's sorted sets. Blocked viewers keep their presses; their names are hidden.

local tops = {}

-- from = { names, blocked, shown (false hides every name) }
local function name_of(from, viewer)
  if not from.shown or redis.call('SISMEMBER', from.blocked, viewer) == 1 then return cjson.null end
  return rooms.name_of(from.names, viewer) or cjson.null
end

-- The first `n` of a sorted set as { viewer_id, viewer_name, count } tables.
function tops.first(key, n, from)
  local list = {}
  local flat = redis.call('ZRANGE', key, 0, n - 1, 'REV', 'WITHSCORES')
  for i = 1, #flat, 2 do
    list[#list + 1] = { viewer_id = flat[i], viewer_name = name_of(from, flat[i]), count = tonumber(flat[i + 1]) }
  end
  return list
end

-- The viewer who pressed most, or JSON null.
function tops.best(key, from)
  return tops.first(key, 1, from)[1] or cjson.null
end

-- Encodes a list as a JSON array, also if it is empty.
function tops.array(list)
  return #list > 0 and cjson.encode(list) or '[]'
end
