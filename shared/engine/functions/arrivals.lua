-- Who comes while no round runs. Pages show the names: a stream of the room has the newest, for the gateways that watch it.
-- A viewer comes once while it stays active; one who came without a name does so once it has one.

local arrivals = {}

local STORED = 20 -- names, the newest
local AT_ONCE = 5 -- names that one call of `watch` returns, the newest that may be shown
local NAMELESS = 0.5 -- ms added to the time of a viewer in the set of the active, if it came without a name

-- Of viewers who join with these names ('' for none): the times to mark them active with, in their order, and the names of
-- those who come now, by id. Nobody comes while a round runs.
function arrivals.coming(room, ids, names)
  local times, coming = {}, {}
  if room.status == 'in_game' or #ids == 0 then return times, coming end
  for i, score in ipairs(redis.call('ZMSCORE', room.keys.active, unpack(ids))) do
    local marked_at = tonumber(score or 0)
    local came_nameless = marked_at % 1 > 0
    if came_nameless or not active.is_fresh(room, marked_at) then
      if names[i] == '' then times[i] = room.now + NAMELESS else coming[ids[i]] = names[i] end
    end
  end
  return times, coming
end

-- Stores the names of those who come and were marked active: `marked` is a flat list, time, viewer….
function arrivals.add(room, coming, marked)
  if room.show_names == 0 or not next(coming) then return end
  local ids, names = {}, {}
  for i = 2, #marked, 2 do
    local id = marked[i]
    if coming[id] then
      ids[#ids + 1], names[#names + 1] = id, coming[id]
      coming[id] = nil -- a call may have a viewer twice
    end
  end
  for i = math.max(1, #ids - STORED + 1), #ids do
    redis.call('XADD', room.keys.arrivals, 'MAXLEN', STORED, '*', 'viewer', ids[i], 'name', names[i])
  end
  if #ids > 0 then redis.call('EXPIRE', room.keys.arrivals, server.DAY) end
end

-- The id of the newest arrival, and the names after `last`, the newest at the end: none if it is '', or if names are hidden.
function arrivals.after(room, last)
  if last == '' then
    local newest = redis.call('XREVRANGE', room.keys.arrivals, '+', '-', 'COUNT', 1)[1]
    return newest and newest[1] or '0-0', {}
  end
  local entries, names = redis.call('XREVRANGE', room.keys.arrivals, '+', '(' .. last), {}
  for _, entry in ipairs(entries) do
    local _, viewer, _, name = unpack(entry[2])
    if #names < AT_ONCE and not rooms.hides(room, viewer) then table.insert(names, 1, name) end
  end
  return entries[1] and entries[1][1] or last, names
end
