-- The life of a room: open, start, pause and resume, settings, reset, block, join, end.

-- open: a new room, waiting for its game.
-- KEYS  1 room  2 ledger  3 ledger epoch
-- ARGV  1 room id  2 settings (JSON)  3 rules  4 event types, comma-separated  5 show names 1|0  6 opened with a key 1|0
-- Reply room_exists | ok, epoch
register('open', function(keys, args)
  if redis.call('EXISTS', keys[1]) == 1 then return { 'room_exists' } end
  local now = server.now()
  redis.call('HSET', keys[1], 'layout', 1, 'id', args[1], 'status', 'active', 'round', 0, 'paused', 0,
    'created_at', now, 'term', 0, 'owner', '', 'history', server.history(now), 'epoch', now, 'bases', now .. ':0',
    'seq', 0, 'ack', 0, 'settings', args[2], 'settings_version', 1, 'rules', args[3], 'types', args[4],
    'show_names', args[5], 'keyed', args[6])
  rooms.keep({ key = keys[1], status = 'active', keyed = tonumber(args[6]), blocked = 0 })
  ledger.append(ledger.at(keys, 2), now, string.format('["open","%s",%d,%d,%d,%s]', args[1], now, args[6], now, args[2]))
  return { 'ok', now }
end)

-- start: opens the next round; in a running round it changes nothing.
-- KEYS  1 room  2 ledger  3 ledger epoch  4 running rooms  5 blocked
-- ARGV  1 term
-- Reply room_not_found | room_unknown | replaced, term | ok, round, opened 1|0
register('start', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if rooms.fenced(room, args[1]) then return { 'replaced', room.term } end
  if room.status == 'in_game' then return { 'ok', room.round, 0 } end
  rooms.renew_epoch(room)
  rooms.open_round(room, keys[4], keys[5], ledger.at(keys, 2))
  watchers.nudge(room)
  return { 'ok', room.round, 1 }
end)

-- pause: stops the round's triggers, or lets them go on and fires each full button once.
-- KEYS  1 room  2 log  3 active  4 counts  5 ledger  6 ledger epoch
-- ARGV  1 term  2 round  3 paused 1|0  4 tap 1|0
-- Reply room_not_found | room_unknown | replaced, term | round_moved, round | game_not_started
--       | ok, fired (event type, threshold, seq)…
register('pause', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if rooms.fenced(room, args[1]) then return { 'replaced', room.term } end
  if room.status ~= 'in_game' then return { 'game_not_started' } end
  if tonumber(args[2]) ~= room.round then return { 'round_moved', room.round } end
  rooms.renew_epoch(room)
  buttons.book_renewal(room, keys[4], ledger.at(keys, 5))
  room.paused = tonumber(args[3])
  redis.call('HSET', room.key, 'paused', room.paused)
  local viewer_count, fired, left = active.count(keys[3], room.now), {}, {}
  local shot = { log = keys[2], viewers = viewer_count, name = 'null', tap = args[4] == '1', fired = fired }
  local states = buttons.load(room, keys[4], viewer_count)
  for _, state in ipairs(states) do
    local full = state.button.enabled and state.count >= state.threshold and buttons.cooldown_left(state, room.now) == 0
    if full and not rooms.paused(room) then
      buttons.fire(room, state, 1, shot)
      left[#left + 1], left[#left + 2] = state.button.event_type, state.count
    end
  end
  buttons.save(keys[4], states)
  if #fired > 0 then log.close(room, keys[2]) end
  ledger.append(ledger.at(keys, 5), room.now, string.format('["pause","%s",%d,%d,%d,%d,%d,[%s],[%s]]', room.id, room.now,
    room.round, room.paused, viewer_count, room.epoch, ledger.groups('["%s",%d]', left, 2), ledger.fired(fired)))
  watchers.nudge(room)
  return { 'ok', fired }
end, WHEN_FULL)

-- settings: replaces the settings, if nobody else did since the caller read them.
-- KEYS  1 room  2 ledger  3 ledger epoch
-- ARGV  1 version read  2 settings (JSON)  3 rules  4 event types, comma-separated  5 show names 1|0
--       6 term of the socket that asks, '' where a token's holder does
-- Reply room_not_found | room_unknown | replaced, term | settings_moved | ok
register('settings', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if args[6] ~= '' and rooms.fenced(room, args[6]) then return { 'replaced', room.term } end
  local version = redis.call('HGET', keys[1], 'settings_version')
  if version ~= args[1] then return { 'settings_moved' } end
  redis.call('HSET', keys[1], 'settings_version', tonumber(version) + 1, 'settings', args[2], 'rules', args[3],
    'types', args[4], 'show_names', args[5])
  ledger.append(ledger.at(keys, 2), room.now, string.format('["settings","%s",%d,%s]', room.id, room.now, args[2]))
  watchers.nudge(room)
  return { 'ok' }
end)

-- Zeroes one button's count; `discarded` grows by what the ledger is told: event type, presses, the round's total.
local function discard(counts, event_type, discarded)
  local thrown = tonumber(redis.call('HGET', counts, event_type .. ':count') or 0)
  if thrown == 0 then return end
  local total = redis.call('HINCRBY', counts, event_type .. ':discarded', thrown)
  redis.call('HSET', counts, event_type .. ':count', 0)
  for _, value in ipairs({ event_type, thrown, total }) do table.insert(discarded, value) end
end

-- reset: zeroes the counts of the running round, never numbers; what is thrown away stays in the books.
-- Buttons that the settings no longer name are zeroed too: one that returns starts from nothing.
-- KEYS  1 room  2 active  3 counts  4 ledger  5 ledger epoch
-- ARGV  1 round
-- Reply room_not_found | room_unknown | round_moved, round | ok, round, viewers, states
register('reset', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if tonumber(args[1]) ~= room.round then return { 'round_moved', room.round } end
  if room.status == 'in_game' then
    rooms.renew_epoch(room)
    buttons.book_renewal(room, keys[3], ledger.at(keys, 4))
    local discarded = {}
    for event_type in string.gmatch(redis.call('HGET', room.key, 'types'), '[^,]+') do
      discard(keys[3], event_type, discarded)
    end
    redis.call('HSET', room.key, 'reset_at', room.now)
    ledger.append(ledger.at(keys, 4), room.now, string.format('["reset","%s",%d,%d,[%s]]', room.id, room.now, room.round,
      ledger.groups('["%s",%d,%d]', discarded, 3)))
    watchers.nudge(room)
  end
  local viewer_count = active.count(keys[2], room.now)
  return { 'ok', room.round, viewer_count, buttons.reply(room, buttons.load(room, keys[3], viewer_count)) }
end)

-- block: this viewer's presses stop counting in the room, for as long as that lives, and its name is hidden.
-- KEYS  1 room  2 blocked  3 active  4 ledger  5 ledger epoch
-- ARGV  1 viewer
-- Reply room_not_found | room_unknown | ok
register('block', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  redis.call('SADD', keys[2], args[1])
  redis.call('EXPIRE', keys[2], DAY)
  redis.call('ZREM', keys[3], args[1])
  redis.call('HSET', keys[1], 'blocked', redis.call('SCARD', keys[2]))
  ledger.append(ledger.at(keys, 4), room.now, string.format('["block","%s",%d,"%s"]', room.id, room.now, args[1]))
  return { 'ok' }
end)

-- join: marks the viewer active.
-- KEYS  1 room  2 active  3 blocked  4 address (the active set's key where the address is not limited)
-- ARGV  1 viewer  2 active viewers per address, 0 = no limit
-- Reply room_not_found | room_unknown | ok, viewers
register('join', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if room.blocked > 0 and redis.call('SISMEMBER', keys[3], args[1]) == 1 then
    return { 'ok', active.count(keys[2], room.now) }
  end
  local limit = tonumber(args[2])
  active.mark(keys[2], args[1], room.now, limit > 0 and keys[4] or nil, limit)
  local viewer_count = active.renew(keys[2], room.now)
  active.tell(room, viewer_count)
  watchers.nudge(room)
  return { 'ok', viewer_count }
end)

-- What the round's end knows of its buttons: the best of each, everyone's totals, and the accounts for the ledger.
local function closing(keys, types, from)
  local by_button, totals = {}, {}
  local accounts = buttons.accounts(types, keys[5], function(event_type, accepted)
    local key = keys[12 + #totals]
    local best = tops.first(key, 1, from)[1]
    if best then
      best.event_type = event_type
      by_button[#by_button + 1] = best
    end
    totals[#totals + 1] = { event_type = event_type, count = accepted }
    redis.call('EXPIRE', key, DAY)
  end)
  return by_button, totals, accounts
end

local function summary_of(room, keys, from, by_button, totals)
  local all = tops.best(keys[6], from)
  local teams = { all = all, skill = tops.best(keys[7], from), enemy = tops.best(keys[8], from) }
  return function(seq)
    return string.format(
      '{"type":"game_end_summary","room_id":"%s","round":%d,"team_tops":%s,"top_by_button":%s,'
        .. '"top_overall":%s,"event_totals":%s,"epoch":%d,"seq":%d}',
      room.id, room.round, cjson.encode(teams), tops.array(by_button), cjson.encode(all), tops.array(totals),
      room.epoch, seq)
  end
end

-- Whether the game may end a round that never began: where its first press would have opened it, it has an empty one.
local function ends_unopened(room, only_if_absent)
  return room.status == 'active' and rules.of(room).starts_on_press and not only_if_absent
end

-- finish: ends the round and logs its summary as a numbered message, from the round's own counts. ARGV 2 is the running
-- round, or the one to come where it never began.
-- KEYS  1 room  2 log  3 names of the round  4 blocked  5 counts  6–8 tops: all, skill, enemy  9 ledger  10 ledger epoch
--       11 running rooms  12… top of each button, as in ARGV 3
-- ARGV  1 term  2 round  3 event types, comma-separated  4 only if its game is gone, and nobody came after the term 1|0
-- Reply room_not_found | room_unknown | replaced, term | game_present | round_moved, round, event types
--       | game_not_started | ok, seq
register('finish', function(keys, args)
  local room = rooms.load(keys[1])
  if not room then return rooms.missing(keys[1]) end
  if rooms.fenced(room, args[1]) then return { 'replaced', room.term } end
  local only_if_absent = args[4] == '1'
  if only_if_absent and rooms.connected(room) then return { 'game_present' } end
  local types, unopened, at = redis.call('HGET', room.key, 'types'), ends_unopened(room, only_if_absent), ledger.at(keys, 9)
  local round = unopened and room.round + 1 or room.round
  if tonumber(args[2]) ~= round or args[3] ~= types then return { 'round_moved', round, types } end
  if room.status ~= 'in_game' and not unopened then return { 'game_not_started' } end
  rooms.renew_epoch(room)
  if unopened then rooms.open_round(room, keys[11], keys[4], at) end
  buttons.book_renewal(room, keys[5], at)
  local from = { names = keys[3], blocked = keys[4], shown = room.show_names == 1 }
  local by_button, totals, accounts = closing(keys, types, from)
  local summary = log.append(room, keys[2], summary_of(room, keys, from, by_button, totals))
  log.close(room, keys[2])
  room.status = 'ended'
  redis.call('HSET', room.key, 'status', 'ended', 'ended_at', room.now, 'summary_seq', room.seq, 'paused', 0)
  for _, i in ipairs({ 3, 5, 6, 7, 8 }) do redis.call('EXPIRE', keys[i], DAY) end
  rooms.keep(room, keys[4])
  shards.forget_running(keys[11], room.id)
  local id = ledger.append(at, room.now, string.format('["finish","%s",%d,%d,%d,%d,[%s],%s]', room.id, room.now,
    room.round, room.epoch, room.seq, accounts, summary))
  redis.call('HSET', room.key, 'end_entry', id)
  watchers.nudge(room)
  return { 'ok', room.seq }
end, WHEN_FULL)
