-- What the previous release kept of a round and its viewers. During a rolling upgrade both releases count presses of one
-- round; this release goes on from what it finds. The previous release had each viewer in a key of its own, whole top lists
-- and a hash of names.

local previous = {}

-- Whether the previous release has counted presses in the round: then the top lists have all of its viewers, and stay so.
function previous.began(states, all_key)
  return states.pressers == nil and redis.call('EXISTS', all_key) == 1
end

-- Sets what viewers pressed from the top lists, where both releases write it.
function previous.take_over(step)
  local ids, lists = {}, { [step.all] = viewers.ALL }
  for id in pairs(step.by_id) do ids[#ids + 1] = id end
  for team, key in pairs(step.teams) do lists[key] = viewers.TEAMS[team] end
  for event_type, number in pairs(step.numbers) do lists[tops.of_button(step.all, event_type)] = number end
  for list, key in pairs(lists) do
    for i, pressed in ipairs(redis.call('ZMSCORE', list, unpack(ids))) do
      step.by_id[ids[i]].presses[key] = pressed and tonumber(pressed) or nil
    end
  end
end

-- What became of a batch if the previous release counted it ({ rejected, results }), or nil.
function previous.recall(step, batch)
  local packed = redis.call('GET', step.room.key .. ':viewer:' .. batch.id)
  if not packed then return nil end
  local _, _, _, _, _, batches = cmsgpack.unpack(packed)
  if not string.find(batches, batch.batch_id, 1, true) then return nil end
  for _, known in ipairs({ cmsgpack.unpack(batches) }) do
    local id, at, rejected, results = unpack(known)
    if id == batch.batch_id and server.near(at, step.room.now, 300000) then
      local still_present = {}
      for i = 1, #results, 3 do
        local state, n = step.states.by_type[results[i]], #still_present
        if state then
          still_present[n + 1], still_present[n + 2], still_present[n + 3] = state.place, results[i + 1], results[i + 2]
        end
      end
      return { rejected = rejected, results = still_present }
    end
  end
  return nil
end
