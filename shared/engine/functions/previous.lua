-- What the previous release kept of a round and its viewers. During a rolling upgrade both releases count presses of one
-- round; this release goes on from what it finds. The previous release had each viewer in a key of its own, whole top lists
-- and a hash of names.

local previous = {}

local KEPT_FOR_MS, OLDER_FOR_MS = 300000, 15000 -- that it remembered the last eight batches of a viewer, and older ones

-- Whether the previous release has counted presses in the round. It wrote no `pressers`, and its presses change `squares`,
-- which this release also writes as `squares_seen`. From then on the top lists keep everyone.
function previous.has_counted(states, all_key)
  if states.pressers then return states.squares ~= states.squares_seen end
  return redis.call('EXISTS', all_key) == 1
end

-- Takes over what viewers pressed from the top lists, where both releases write it.
function previous.take_over(step)
  local ids, lists = {}, { [step.all] = viewers.ALL }
  for id in pairs(step.by_id) do ids[#ids + 1] = id end
  for team, key in pairs(step.teams) do lists[key] = viewers.TEAMS[team] end
  for event_type, number in pairs(step.numbers) do lists[tops.of_button(step.all, event_type)] = number end
  for list, key in pairs(lists) do
    for i, pressed in ipairs(redis.call('ZMSCORE', list, unpack(ids))) do
      local presses = step.by_id[ids[i]].presses
      -- A list that began with this release lacks those who pressed little.
      if pressed then presses[key] = math.max(presses[key] or 0, tonumber(pressed)) end
    end
  end
end

-- The results of a batch in the records of those that are not among the last eight: a digest of the id (8 bytes), when it
-- was counted (4 bytes: s), how many buttons (1 byte), and of each the accepted presses (1 byte).
local function recall_older(step, batch, older)
  local first = string.find(older, dedup.digest_of(batch.batch_id), 1, true)
  local counted_at = first and struct.unpack('>I4', older, first + 8) * 1000
  if not first or not server.near(counted_at, step.room.now, OLDER_FOR_MS) then return nil end
  local results = dedup.nothing_of(step, batch)
  for i = 1, math.min(#results / 3, string.byte(older, first + 12)) do
    results[3 * i - 1] = string.byte(older, first + 12 + i)
  end
  return { results = results }
end

-- What became of a batch if the previous release counted it ({ rejected, results }), or nil.
function previous.recall(step, batch)
  local packed = redis.call('GET', step.room.key .. ':viewer:' .. batch.id)
  if not packed then return nil end
  local _, _, _, _, _, batches, _, older = cmsgpack.unpack(packed)
  if not string.find(batches, batch.batch_id, 1, true) then return older and recall_older(step, batch, older) end
  for _, known in ipairs({ cmsgpack.unpack(batches) }) do
    local id, at, rejected, results = unpack(known)
    if id == batch.batch_id and server.near(at, step.room.now, KEPT_FOR_MS) then
      local still_present = {}
      for i = 1, #results, 3 do
        local state, n = step.states[step.places[results[i]]], #still_present
        if state then
          still_present[n + 1], still_present[n + 2], still_present[n + 3] = state.place, results[i + 1], results[i + 2]
        end
      end
      return { rejected = rejected, results = still_present }
    end
  end
  return nil
end
