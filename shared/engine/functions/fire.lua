-- What holds the streamer back, or nil. A button that waits for presses, for its pace or its cooldown holds nobody back.
local function obstacle(room, state)
  if room.status ~= 'in_game' or round_clock.is_over(room) then return 'game_not_started' end
  if not state.button.enabled then return 'disabled' end
  if state.unavailable then return 'unavailable' end
  if rooms.free_log(room) == 0 then return 'log_full' end
  return rooms.paused(room) and 'paused' or nil
end

-- fire: one press by the streamer, which fires the button now: the trigger takes all presses, and leaves the record as it
-- is. The streamer is no viewer: neither active, nor in a list, nor among the trigger's people.
-- ARGV  1 event_type  2 tap 1|0  3 ledger_limits (see ledger.full)
-- Reply unknown_event_type, event type | game_not_started | disabled | unavailable | log_full | paused | ledger_full
--       | ok, round, viewers, ms to gather, states, now (ms), (event type, presses, seq)
rooms.register('fire', function(room, args)
  local event_type, tap, ledger_limits = args[1], args[2] == '1', args[3]
  local counts_key = rooms.round_keys(room, room.round)
  local viewer_count = active.count(room)
  local states = buttons.load(room, counts_key, viewer_count)
  local state = states[states.rules.index_of[event_type] or 0]
  if not state then return { 'unknown_event_type', event_type } end
  local refusal = obstacle(room, state)
  if refusal then return { refusal } end
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  rooms.renew_log_epoch(room)
  buttons.book_renewal(room)
  local presses, fired = state.count + 1, {}
  state.accepted, state.count, states.pressed = state.accepted + 1, presses, { state }
  buttons.trigger(room, states, state, 1, presses, {
    viewers = viewer_count, viewer = '', name = 'null', tap = tap, fired = fired,
  })
  buttons.save(states)
  redis.call('HINCRBY', counts_key, 'by_streamer', 1)
  redis.call('EXPIRE', counts_key, server.ROUND_TTL) -- no press may have made the hash yet
  log.close(room)
  rooms.book(room, 'fire', ',%d,%d,%d,"%s",%d,%d,%d', room.round, viewer_count, room.epoch, event_type, state.accepted,
    presses, room.seq)
  watchers.nudge(room)
  return {
    'ok', room.round, viewer_count, send_interval.of(room, viewer_count), buttons.reply(room, states), room.now, fired,
  }
end)
