-- What the game answers: which buttons it cannot use, and what became of its triggers. Of that viewers see the newest, which
-- their gateways may still have to read, and what lasts, for viewers who come later.

local effects = {}

local LASTING_MOST = 200 -- those that last
local LONGEST_EFFECT = 3600000 -- ms
local FORGET_EVERY = 1000 -- ms

-- Calls visit(seq, effect) for each effect that is stored as lasting.
local function each_lasting(room, visit)
  for seq, text in pairs(server.map(redis.call('HGETALL', room.keys.lasting))) do visit(seq, cjson.decode(text)) end
end

-- Removes effects that have ended, at most once in FORGET_EVERY, which a key of its own measures: a game may have as many as
-- are stored, and start more.
local function forget_ended(room)
  if not redis.call('SET', room.keys.lasting .. ':forgotten', '', 'NX', 'PX', FORGET_EVERY) then return end
  each_lasting(room, function(seq, effect)
    if not (effect.ends_at > room.now and server.near(effect.ends_at, room.now, LONGEST_EFFECT + 1)) then
      redis.call('HDEL', room.keys.lasting, seq)
    end
  end)
end

-- Remembers an effect that has started for viewers who come later, unless too many last.
local function remember(room, seq, text)
  local lasting_key = room.keys.lasting
  local function has_capacity()
    return redis.call('HLEN', lasting_key) < LASTING_MOST or redis.call('HEXISTS', lasting_key, seq) == 1
  end
  if not has_capacity() then forget_ended(room) end
  if has_capacity() then
    redis.call('HSET', lasting_key, seq, text)
    redis.call('EXPIRE', lasting_key, server.DAY)
  end
end

-- Shows what became of a trigger (see trigger_records.lua). The message is `Effect` in shared/wire/viewer_messages.py;
-- gateways do not pass `viewer` on.
local function show(room, record, seq)
  local reason = record.reason ~= '' and record.reason or cjson.null
  local text = string.format(
    '{"type":"effect","event_type":"%s","epoch":%d,"seq":%d,"viewer_name":%s,"status":"%s","reason":%s,"ends_at":%s,'
      .. '"returned":%d,"viewer":"%s"}',
    record.event_type, record.log_epoch, seq, record.name, record.status, cjson.encode(reason),
    record.ends_at > 0 and string.format('%d', record.ends_at) or 'null', record.returned or 0, record.viewer)
  redis.call('XADD', room.keys.effects, 'MAXLEN', watchers.EFFECTS, '*', 'm', text)
  redis.call('EXPIRE', room.keys.effects, server.DAY)
  if record.status == 'started' then
    remember(room, seq, text)
  else
    redis.call('HDEL', room.keys.lasting, seq)
  end
  watchers.nudge(room)
end

-- Shows the effects that last again, without the name of this viewer, or of any if `viewer` is nil.
function effects.hide_names(room, viewer)
  each_lasting(room, function(seq, effect)
    if effect.viewer_name == cjson.null or (viewer and effect.viewer ~= viewer) then return end
    show(room, {
      event_type = effect.event_type, log_epoch = effect.epoch, name = 'null', status = effect.status,
      reason = effect.reason ~= cjson.null and effect.reason or '', ends_at = effect.ends_at, viewer = effect.viewer,
    }, seq)
  end)
end

-- Gives the presses of a failed trigger back to its button, if its round is running. They wait for the next press. Returns
-- how many, the button's total in the round and its count.
local function give_back(room, counts, record)
  if record.round ~= room.round or room.status ~= 'in_game' then return 0, 0, 0 end
  local event_type, presses = record.event_type, record.threshold
  return presses, redis.call('HINCRBY', counts, event_type .. ':returned', presses),
    redis.call('HINCRBY', counts, event_type .. ':count', presses)
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
  if room.status == 'in_game' then buttons.book_renewal(room) end
  record.status, record.reason, record.duration = status, reason, duration_ms
  record.ends_at = status == 'started' and room.now + duration_ms or 0
  record.starts = record.starts + (status == 'started' and 1 or 0)
  local returned, total, left = 0, 0, 0
  if status == 'failed' then returned, total, left = give_back(room, counts_key, record) end
  trigger_records.save(seq, record)
  record.returned = returned
  rooms.book(room, 'outcome', ',%d,"%s",%d,%d,"%s",%s,%d,%d,%d', record.round, record.event_type, log_epoch, seq, status,
    cjson.encode(reason), record.ends_at, total, left)
  if rooms.hides(room, record.viewer) then record.name = 'null' end -- by now
  show(room, record, seq)
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
  if not rules.of(room).index_of[event_type] then return { 'unknown_event_type', event_type } end
  local counts_key = rooms.round_keys(room, room.round)
  local text = redis.call('HGET', counts_key, 'answers')
  local reasons = text and cjson.decode(text) or {}
  if available then reason = nil end
  if reasons[event_type] == reason then return { 'ok' } end
  reasons[event_type] = reason
  if next(reasons) then
    redis.call('HSET', counts_key, 'answers', cjson.encode(reasons))
    redis.call('EXPIRE', counts_key, server.ROUND_TTL) -- no press may have made the hash yet
  else
    redis.call('HDEL', counts_key, 'answers')
  end
  watchers.nudge(room)
  return { 'ok' }
end, server.WHEN_FULL)
