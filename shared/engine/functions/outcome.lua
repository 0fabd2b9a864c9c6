-- What the game answers: what became of its triggers, and which buttons it cannot use.

-- Gives the presses of a failed trigger back to its button, if its round is running. They wait for the next press. Returns
-- how many, the button's total in the round and its count.
local function give_back(room, counts, record)
  if record.round ~= room.round or room.status ~= 'in_game' then return 0, 0, 0 end
  local event_type, presses = record.event_type, record.threshold
  return presses, redis.call('HINCRBY', counts, event_type .. ':returned', presses),
    redis.call('HINCRBY', counts, event_type .. ':count', presses)
end

-- Whether the room hides by now who fired a trigger.
local function hides_name(room, record)
  return room.show_names == 0 or (room.blocked > 0 and redis.call('SISMEMBER', room.keys.blocked, record.viewer) == 1)
end

-- outcome: what became of a trigger. The first final status stays; a repeat changes nothing, nor does a trigger's eleventh
-- `started`.
-- ARGV  1 term  2 log_epoch  3 seq  4 status: started | done | failed  5 duration_ms  6 reason
--       7 ledger_limits (see ledger.full)
-- Reply replaced, term | bad_outcome | ledger_full | ok, changed 1|0
rooms.register('outcome', function(room, args)
  local term, log_epoch, seq, status, duration_ms, reason, ledger_limits =
    tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), args[4], tonumber(args[5]), args[6], args[7]
  local counts_key = rooms.round_keys(room, room.round)
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  local record = trigger_records.find(room, log_epoch, seq)
  if not record then return { 'bad_outcome' } end
  if trigger_records.is_repeat(record, status, reason, duration_ms) then return { 'ok', 0 } end
  if status == 'started' and ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  rooms.renew_log_epoch(room)
  if room.status == 'in_game' then buttons.book_renewal(room, counts_key) end
  record.status, record.reason, record.duration = status, reason, duration_ms
  record.ends_at = status == 'started' and room.now + duration_ms or 0
  record.starts = record.starts + (status == 'started' and 1 or 0)
  local returned, total, left = 0, 0, 0
  if status == 'failed' then returned, total, left = give_back(room, counts_key, record) end
  trigger_records.save(seq, record)
  record.returned = returned
  ledger.append(room.ledger, room.now, string.format('["outcome","%s",%d,%d,"%s",%d,%d,"%s",%s,%d,%d,%d]', room.id,
    room.now, record.round, record.event_type, log_epoch, seq, status, cjson.encode(reason), record.ends_at, total, left))
  if hides_name(room, record) then record.name = 'null' end
  effects.show(room, record, seq)
  return { 'ok', 1 }
end, server.WHEN_FULL)

-- available: whether the game can use a button, until it says otherwise or the round ends.
-- ARGV  1 term  2 event_type  3 available 1|0  4 reason
-- Reply replaced, term | game_not_started
--       | unknown_event_type, event type | ok
rooms.register('available', function(room, args)
  local term, event_type, available, reason = tonumber(args[1]), args[2], args[3] == '1', args[4]
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if room.status ~= 'in_game' then return { 'game_not_started' } end
  local counts_key = rooms.round_keys(room, room.round)
  if not rules.of(room).index_of[event_type] then return { 'unknown_event_type', event_type } end
  local unavailable = answers.of(redis.call('HGET', counts_key, 'answers'))
  local answer = not available and reason or nil
  if unavailable[event_type] == answer then return { 'ok' } end
  answers.set(counts_key, event_type, answer)
  watchers.nudge(room)
  return { 'ok' }
end, server.WHEN_FULL)
