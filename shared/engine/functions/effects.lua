-- What viewers see of the outcomes that games tell: the newest, which their gateways may still have to read, and those that
-- last, for viewers who come later.

local effects = {}

local LASTING_MOST = 200 -- those that last
local LONGEST_EFFECT = 3600000 -- ms
local FORGET_EVERY = 1000 -- ms

local function text_or_null(text)
  return text == '' and 'null' or cjson.encode(text)
end

-- The message for viewers: see `Effect` in shared/wire/viewer_messages.py. Gateways do not pass `viewer` on.
function effects.text(record, seq)
  return string.format(
    '{"type":"effect","event_type":"%s","epoch":%d,"seq":%d,"viewer_name":%s,"status":"%s","reason":%s,"ends_at":%s,'
      .. '"returned":%d,"viewer":"%s"}',
    record.event_type, record.log_epoch, seq, record.name, record.status, text_or_null(record.reason),
    record.ends_at > 0 and string.format('%d', record.ends_at) or 'null', record.returned or 0, record.viewer)
end

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
function effects.remember(room, seq, text)
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

-- Shows what became of a trigger (see trigger_records.lua).
function effects.show(room, record, seq)
  local text = effects.text(record, seq)
  redis.call('XADD', room.keys.effects, 'MAXLEN', watchers.EFFECTS, '*', 'm', text)
  redis.call('EXPIRE', room.keys.effects, server.DAY)
  if record.status == 'started' then
    effects.remember(room, seq, text)
  else
    redis.call('HDEL', room.keys.lasting, seq)
  end
  watchers.nudge(room)
end

-- Shows the effects that last again, without the name of this viewer, or of any if `viewer` is nil.
function effects.hide_names(room, viewer)
  each_lasting(room, function(seq, effect)
    if effect.viewer_name == cjson.null or (viewer and effect.viewer ~= viewer) then return end
    effects.show(room, {
      event_type = effect.event_type, log_epoch = effect.epoch, name = 'null', status = effect.status,
      reason = effect.reason ~= cjson.null and effect.reason or '', ends_at = effect.ends_at, viewer = effect.viewer,
    }, seq)
  end)
end
