-- How long a page gathers presses before it sends them: longer the more viewers are active, so that a room of 100,000
-- viewers sends no more requests than one of 10,000, which is what one server can count.

local send_interval = {}

local SHORTEST, LONGEST = 300, 5000 -- ms
local REQUESTS = 20 -- per ms: what all active viewers of a room may send together
local STEP = 100 -- ms
local LONGER_FOR = 2 * LONGEST -- ms that a shorter time waits: until then pages may gather for the longer one
local REPEATED_FOR = 300000 -- ms that pages repeat a batch at most
local BURST = 60 -- presses that a viewer may have saved up at least
local PER_REQUEST = 20 -- presses of one button that a request may count at least

local function wanted(viewer_count)
  return math.min(LONGEST, math.max(SHORTEST, math.ceil(viewer_count / REQUESTS / STEP) * STEP))
end

-- The time to gather (ms) for this number of active viewers, or a longer one that pages were told a moment ago.
function send_interval.of(room, viewer_count)
  local gather = wanted(viewer_count)
  return server.near(room.gather_at, room.now, LONGER_FOR) and math.max(gather, room.gather) or gather
end

-- Remembers the time to gather for this number of active viewers, unless a longer one is needed for `per_request`.
function send_interval.remember(room, viewer_count)
  local gather = wanted(viewer_count)
  if gather == SHORTEST or (gather < room.gather and server.near(room.gather_at, room.now, REPEATED_FOR)) then return end
  if gather == room.gather and server.near(room.gather_at, room.now, LONGEST) then return end
  redis.call('HSET', room.key, 'gather', gather, 'gather_at', room.now)
end

-- How many presses of one button a request may count: as many as a viewer may press while a page gathers them; and how many
-- a viewer's token bucket holds then. A page that was told a longer time may be about to repeat what it gathered then.
function send_interval.per_request(room, gather)
  if server.near(room.gather_at, room.now, REPEATED_FOR) then gather = math.max(gather, room.gather) end
  local per_request = math.max(PER_REQUEST, viewers.RATE * gather / 1000)
  return per_request, math.max(BURST, per_request)
end
