-- What the game answers: what became of its triggers, and which buttons it cannot use.

-- Keeps the pace of a button that gets presses back.
local function keep_pace(room, counts, event_type, viewer_count)
  local states, place = buttons.load(room, counts, viewer_count), rules.of(room).places[event_type]
  if not place or not states[place].pace then return end
  pacing.give_back(states[place], room.now)
  buttons.save(room, counts, states)
end

-- Gives the presses of a failed trigger back to its button, if its round is running. They wait for the next press. Returns
-- how many, the button's total in the round, its count and the number of viewers.
local function give_back(room, counts, active_key, record)
  if record.round ~= room.round or room.status ~= 'in_game' then return 0, 0, 0, 0 end
  local event_type, presses, viewer_count = record.event_type, record.threshold, active.count(active_key, room.now)
  keep_pace(room, counts, event_type, viewer_count)
  answers.set(counts, 'waiting', event_type, true)
  return presses, redis.call('HINCRBY', counts, event_type .. ':returned', presses),
    redis.call('HINCRBY', counts, event_type .. ':count', presses), viewer_count
end

-- Whether the room hides by now who fired a trigger.
local function hides_name(room, record, blocked_key)
  return room.show_names == 0 or (room.blocked > 0 and redis.call('SISMEMBER', blocked_key, record.viewer) == 1)
end

-- outcome: what became of a trigger. The first final status stays; a repeat changes nothing.
-- KEYS  1 room  2 active  3 counts  4 effects  5 lasting  6 blocked  7 ledger  8 ledger_epoch
-- ARGV  1 term  2 round  3 log_epoch  4 seq  5 status: started | done | failed  6 duration_ms  7 reason
--       8 ledger_limits (see ledger.full)
-- Reply room_not_found | room_unknown | replaced, term | round_moved, round | bad_outcome | ledger_full | ok, changed 1|0
register('outcome', function(keys, args)
  local room_key, active_key, counts_key, effects_key, lasting_key, blocked_key, ledger_key, ledger_epoch_key =
    unpack(keys)
  local term, round, log_epoch, seq, status, duration_ms, reason, ledger_limits =
    tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), args[5], tonumber(args[6]), args[7], args[8]
  local room, at = rooms.load(room_key), ledger.at(ledger_key, ledger_epoch_key)
  if not room then return rooms.missing(room_key) end
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if round ~= room.round then return { 'round_moved', room.round } end
  local record = trigger_records.find(room, log_epoch, seq)
  if not record then return { 'bad_outcome' } end
  if trigger_records.has_been_told(room, record, status, reason, duration_ms) then return { 'ok', 0 } end
  if status == 'started' and ledger.full(at, ledger_limits) then return { 'ledger_full' } end
  rooms.renew_log_epoch(room)
  if room.status == 'in_game' then buttons.book_renewal(room, counts_key, at) end
  record.status, record.reason, record.duration = status, reason, duration_ms
  record.ends_at = status == 'started' and room.now + duration_ms or 0
  local returned, total, left, viewer_count = 0, 0, 0, 0
  if status == 'failed' then
    returned, total, left, viewer_count = give_back(room, counts_key, active_key, record)
  end
  trigger_records.save(seq, record)
  record.returned = returned
  ledger.append(at, room.now, string.format('["outcome","%s",%d,%d,"%s",%d,%d,"%s",%s,%d,%d,%d,%d,%d]', room.id,
    room.now, record.round, record.event_type, log_epoch, seq, status, cjson.encode(reason), record.ends_at, returned,
    total, left, viewer_count))
  if hides_name(room, record, blocked_key) then record.name = 'null' end
  effects.show(room, record, seq, effects_key, lasting_key)
  return { 'ok', 1 }
end, WHEN_FULL)

-- available: whether the game can use a button, until it says otherwise or the round ends.
-- KEYS  1 room  2 counts  3 ledger  4 ledger_epoch
-- ARGV  1 term  2 round  3 event_type  4 available 1|0  5 reason
-- Reply room_not_found | room_unknown | replaced, term | game_not_started | round_moved, round
--       | unknown_event_type, event type | ok
register('available', function(keys, args)
  local room_key, counts_key, ledger_key, ledger_epoch_key = unpack(keys)
  local term, round, event_type, available, reason =
    tonumber(args[1]), tonumber(args[2]), args[3], args[4] == '1', args[5]
  local room = rooms.load(room_key)
  if not room then return rooms.missing(room_key) end
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if room.status ~= 'in_game' then return { 'game_not_started' } end
  if round ~= room.round then return { 'round_moved', room.round } end
  if not rules.of(room).places[event_type] then return { 'unknown_event_type', event_type } end
  local unavailable = answers.of(redis.call('HGET', counts_key, 'answers'))
  local answer = not available and reason or nil
  if unavailable[event_type] == answer then return { 'ok' } end
  rooms.renew_log_epoch(room)
  local at = ledger.at(ledger_key, ledger_epoch_key)
  buttons.book_renewal(room, counts_key, at)
  answers.set(counts_key, 'unavailable', event_type, answer)
  ledger.append(at, room.now, string.format('["available","%s",%d,%d,"%s",%d,%s]', room.id, room.now, room.round,
    event_type, available and 1 or 0, cjson.encode(reason)))
  full_buttons.look_soon(room)
  watchers.nudge(room)
  return { 'ok' }
end, WHEN_FULL)
