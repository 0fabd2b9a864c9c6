-- The life of a room: open, start, pause and resume, settings, reset, block and unblock, join, end.

-- open: creates a room, which waits for its game.
-- KEYS  1 room
-- ARGV  1 room_id  2 settings_json  3 rules_json  4 event_types, comma-separated  5 show_names 1|0  6 keyed 1|0
--       7 ledger_limits (see ledger.full)
-- Reply moving | room_exists | ledger_full | ok, log_epoch
register('open', function(keys, args)
  local room_key = keys[1]
  local room_id, settings_json, rules_json, event_types, show_names, keyed, ledger_limits = unpack(args)
  local now, at = server.now, rooms.ledger_of(room_key)
  if not at then return { 'moving' } end
  if redis.call('EXISTS', room_key) == 1 then return { 'room_exists' } end
  if ledger.full(at, ledger_limits) then return { 'ledger_full' } end
  redis.call('HSET', room_key, 'id', room_id, 'status', 'active', 'round', 0, 'paused', 0,
    'created_at', now, 'term', 0, 'owner', '', 'history', server.history(), 'epoch', now, 'bases', now .. ':0',
    'seq', 0, 'ack', 0, 'settings', settings_json, 'settings_version', 1, 'rules', rules_json,
    'types', event_types, 'show_names', show_names, 'keyed', keyed)
  local room = { key = room_key, id = room_id, status = 'active', blocked = 0, now = now, ledger = at }
  rooms.extend_expiry(room)
  rooms.book(room, 'open', ',%d,%d,%s', keyed, now, settings_json)
  return { 'ok', now }
end)

-- start: opens the next round; does nothing if a round is running. `round_due`: the caller first ends the running round,
-- whose time is over.
-- ARGV  1 term, '' if it came by REST with the room token  2 ledger_limits (see ledger.full)
--       3 paid 1|0: whether the round that is opened has been paid for
-- Reply replaced, term | round_due | room_over | ledger_full | not_paid | ok, round
rooms.register('start', function(room, args)
  local term, ledger_limits, paid = tonumber(args[1]), args[2], args[3] == '1'
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if round_clock.is_over(room) then return { 'round_due' } end
  if room.status == 'in_game' then return { 'ok', room.round } end
  -- While its game is connected, that may still open a round.
  local closed = not term and rooms.over(room, redis.call('HGET', room.key, 'summary_seq')) and not rooms.connected(room)
  if closed then return { 'room_over' } end
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  if not paid then return { 'not_paid' } end
  rooms.renew_log_epoch(room)
  rooms.open_round(room)
  watchers.nudge(room)
  return { 'ok', room.round }
end)

-- Zeroes the counts of the running round, also of buttons that the settings no longer name, so that one that is added again
-- starts from 0. The ledger gets, of each, the presses discarded in the round so far. Returns (event type, presses)… of what
-- this call discards.
local function discard_all(room)
  rooms.renew_log_epoch(room)
  local discarded, totals, counts_key = {}, {}, rooms.round_keys(room, room.round)
  buttons.book_renewal(room)
  for event_type in string.gmatch(room.types, '[^,]+') do
    local thrown = tonumber(redis.call('HGET', counts_key, event_type .. ':count') or 0)
    if thrown ~= 0 then
      local total = redis.call('HINCRBY', counts_key, event_type .. ':discarded', thrown)
      redis.call('HSET', counts_key, event_type .. ':count', 0)
      totals[#totals + 1] = string.format('["%s",%d]', event_type, total)
      discarded[#discarded + 1], discarded[#discarded + 2] = event_type, thrown
    end
  end
  if #discarded > 0 then redis.call('HINCRBY', counts_key, 'resets', 1) end
  redis.call('HSET', room.key, 'reset_at', room.now)
  rooms.book(room, 'reset', ',%d,[%s]', room.round, table.concat(totals, ','))
  return discarded
end

-- pause: pauses the round's triggers, or resumes them. What is full fires with the next press. A pause that discards stops
-- the round: it stays so in further pauses, and whoever resumes it discards what has come meanwhile.
-- ARGV  1 term, '' if it came by REST with the room token  2 paused 1|0
--       3 discard 1|0: zeroes all counts, if it pauses or the round is paused  4 round: that one alone; 0 for any
-- Reply replaced, term | game_not_started | ok, what it discarded (event type, presses)…
rooms.register('pause', function(room, args)
  local term, paused, discard, round = tonumber(args[1]), tonumber(args[2]), args[3] == '1', tonumber(args[4])
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if not round_clock.runs(room, round) then return { 'game_not_started' } end
  if discard and paused == 0 and room.paused == 0 then return { 'ok', {} } end -- a repeat
  local was_stopped = rooms.stopped(room)
  local discarded = (discard or (was_stopped and paused == 0)) and discard_all(room) or {}
  round_clock.store(room)
  room.paused, room.stopped = paused, paused == 1 and (discard or was_stopped) and room.round or 0
  redis.call('HSET', room.key, 'paused', room.paused, 'stopped', room.stopped)
  round_clock.schedule(room)
  rooms.publish_round(room)
  watchers.nudge(room)
  return { 'ok', discarded }
end, server.WHEN_FULL)

-- limit: the running round goes on for so long from now, also if the settings say otherwise. Later rounds do as they say,
-- and so does this one once the settings get another limit.
-- ARGV  1 limit (ms), 0 for none  2 round: that one alone; 0 for any
-- Reply game_not_started | ok
rooms.register('limit', function(room, args)
  local limit, round = tonumber(args[1]), tonumber(args[2])
  if not round_clock.runs(room, round) then return { 'game_not_started' } end
  round_clock.begin(room, limit)
  watchers.nudge(room)
  return { 'ok' }
end, server.WHEN_FULL)

-- settings: replaces the settings, unless they have changed since the caller read them (`settings_moved`). `round_due`: the
-- caller first ends the running round, whose time is over.
-- ARGV  1 version that was read  2 settings_json  3 rules_json  4 event_types, comma-separated  5 show_names 1|0
--       6 term of the socket that sent the change, '' if it came by REST with the room token
--       7 ledger_limits (see ledger.full)
-- Reply replaced, term | round_due | settings_moved | ledger_full | ok
-- A running round that gets another limit goes on for that long from now.
rooms.register('settings', function(room, args)
  local version, settings_json, rules_json, event_types, show_names = unpack(args, 1, 5)
  local term, ledger_limits = tonumber(args[6]), args[7]
  if rooms.fenced(room, term) then return { 'replaced', room.term } end
  if round_clock.is_over(room) then return { 'round_due' } end
  if redis.call('HGET', room.key, 'settings_version') ~= version then return { 'settings_moved' } end
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  local newer = math.max(tonumber(version) + 1, room.now) -- after a rollback, too, no number that others know
  redis.call('HSET', room.key, 'settings_version', newer, 'settings', settings_json, 'rules', rules_json,
    'types', event_types, 'show_names', show_names)
  local limit = rules.of(room).round_limit
  room.rules = rules_json
  if room.status == 'in_game' and rules.of(room).round_limit ~= limit then round_clock.begin(room) end
  rooms.book(room, 'settings', ',%s', settings_json)
  if show_names == '0' then effects.hide_names(room) end
  watchers.nudge(room)
  return { 'ok' }
end)

-- reset: zeroes the counts of the running round. Message numbers continue; the ledger records the discarded presses.
-- ARGV  1 ledger_limits (see ledger.full)
-- Reply ledger_full | ok, round, viewers, ms to gather, states, now (ms)
rooms.register('reset', function(room, args)
  local ledger_limits = args[1]
  if round_clock.runs(room, room.round) then
    if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
    discard_all(room)
    watchers.nudge(room)
  end
  return buttons.room_reply(room)
end)

-- block: from now on this viewer's presses do not count in the room, and its name is hidden. Who is blocked stays so.
-- ARGV  1 viewer  2 most: how many the room may block  3 ledger_limits (see ledger.full)
-- Reply too_many_blocked | ledger_full | ok
rooms.register('block', function(room, args)
  local viewer, most, ledger_limits = args[1], tonumber(args[2]), args[3]
  local blocked_key = room.keys.blocked
  if redis.call('SISMEMBER', blocked_key, viewer) == 1 then return { 'ok' } end
  local count = redis.call('SCARD', blocked_key) + 1
  if count > most then return { 'too_many_blocked' } end
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  redis.call('SADD', blocked_key, viewer)
  redis.call('EXPIRE', blocked_key, server.DAY)
  redis.call('ZREM', room.keys.active, viewer)
  redis.call('HSET', room.key, 'blocked', count, 'reset_at', room.now) -- pages start over: they forget who set off what
  rooms.book(room, 'block', ',"%s"', viewer)
  effects.hide_names(room, viewer)
  watchers.nudge(room)
  return { 'ok' }
end)

-- unblock: from now on this viewer's presses count again, and its name is shown where the room shows names. Effects that
-- last stay without the name.
-- ARGV  1 viewer  2 ledger_limits (see ledger.full)
-- Reply ledger_full | ok
rooms.register('unblock', function(room, args)
  local viewer, ledger_limits = args[1], args[2]
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  if redis.call('SREM', room.keys.blocked, viewer) == 0 then return { 'ok' } end
  redis.call('HSET', room.key, 'blocked', redis.call('SCARD', room.keys.blocked))
  rooms.book(room, 'unblock', ',"%s"', viewer)
  return { 'ok' }
end)

-- join: marks viewers active.
-- ARGV  1 per_address: how many viewers an address counts for
--       2 joiners: MessagePack, a flat list: id of the viewer, its name or '', name of the address or '' for no limit
-- Reply ok, viewers
rooms.register('join', function(room, args)
  local per_address, joiners = tonumber(args[1]), cmsgpack.unpack(args[2])
  local ids, names, from, changed = {}, {}, {}, {}
  for i = 1, #joiners, 3 do
    if not rooms.blocks(room, joiners[i]) then
      local n = #ids + 1
      ids[n], names[n], from[n] = joiners[i], joiners[i + 1], joiners[i + 2]
    end
  end
  local values = #ids > 0 and viewers.read(room, ids) or ids
  local times, coming = arrivals.coming(room, ids, names)
  local viewer_count, by_name, seat_tags, marked = addresses.mark_active(room, ids, values, from, per_address, times)
  arrivals.add(room, coming, marked)
  local any_new = viewers.seat(room, ids, values, seat_tags, changed)
  viewers.write(room, changed, any_new)
  addresses.save(room, by_name)
  active.publish(room, viewer_count)
  watchers.nudge(room)
  return { 'ok', viewer_count }
end)

-- The results of a round: the accounts of its buttons for the ledger, and its summary, by its number. The summary names the
-- buttons of the settings and others that were pressed; the ledger accounts for all that the room ever had.
local function results(room)
  local by_button, totals, index_of = {}, {}, rules.of(room).index_of
  local _, all_key, skill_key, enemy_key = rooms.round_keys(room, room.round)
  local accounts = buttons.accounts(room, function(event_type, accepted)
    local best = tops.best(room, tops.of_button(all_key, event_type))
    if best then
      best.event_type = event_type
      by_button[#by_button + 1] = best
    end
    if index_of[event_type] or accepted > 0 then
      totals[#totals + 1] = { event_type = event_type, count = accepted }
    end
  end)
  local all = tops.best(room, all_key) or cjson.null
  local skill, enemy = tops.best(room, skill_key) or cjson.null, tops.best(room, enemy_key) or cjson.null
  return accounts, function(seq)
    return string.format(
      '{"type":"game_end_summary","room_id":"%s","round":%d,"team_tops":%s,"top_by_button":%s,'
        .. '"top_overall":%s,"event_totals":%s,"epoch":%d,"seq":%d}',
      room.id, room.round, cjson.encode({ all = all, skill = skill, enemy = enemy }), tops.array(by_button),
      cjson.encode(all), tops.array(totals), room.epoch, seq)
  end
end

-- finish: ends the round and logs its summary, computed from the round's counts, as a numbered message.
-- ARGV  1 term, '' if it came by REST with the room token
--       2 only_if: always | absent (the game is gone, and no other socket attached after the term) | due (the round's time
--         is over, whatever the term)
--       3 round: that one alone; 0 for any
-- Reply round_not_due | replaced, term | game_present | game_not_started | ok, seq
rooms.register('finish', function(room, args)
  local term, only_if, round = tonumber(args[1]), args[2], tonumber(args[3])
  if only_if == 'due' and not round_clock.is_over(room) then
    round_clock.schedule(room)
    return { 'round_not_due' }
  end
  if only_if ~= 'due' and rooms.fenced(room, term) then return { 'replaced', room.term } end
  if only_if == 'absent' and rooms.connected(room) then return { 'game_present' } end
  if round ~= 0 and round ~= room.round then return { 'game_not_started' } end
  -- The game may end a round that no press has opened yet; it then ends as an empty round.
  local unopened = room.status == 'active' and rules.of(room).starts_on_press and term and only_if == 'always'
  if room.status ~= 'in_game' and not unopened then return { 'game_not_started' } end
  rooms.renew_log_epoch(room)
  if unopened then rooms.open_round(room) end
  buttons.book_renewal(room)
  local accounts, summary_of = results(room)
  local summary = log.append(room, summary_of)
  log.close(room)
  room.status, room.paused = 'ended', 0
  redis.call('HSET', room.key, 'status', 'ended', 'ended_at', room.now, 'summary_seq', room.seq, 'paused', 0)
  tops.expire_round(room, server.DAY)
  round_clock.schedule(room)
  rooms.extend_expiry(room)
  redis.call('ZREM', room.keys.running, room.id)
  local id = rooms.book(room, 'finish', ',%d,%d,%d,[%s],%s', room.round, room.epoch, room.seq, accounts, summary)
  redis.call('HSET', room.key, 'end_entry', id)
  rooms.publish_round(room)
  watchers.nudge(room)
  return { 'ok', room.seq }
end, server.WHEN_FULL)
