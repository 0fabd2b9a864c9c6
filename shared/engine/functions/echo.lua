-- echo: a numbered word from a gateway to itself, by a function that also writes: it proves the whole way of a nudge,
-- and tells the time.
-- KEYS  1 gateway
-- ARGV  1 gateway id  2 number
-- Reply ok
register('echo', function(keys, args)
  redis.call('SET', keys[1], args[2], 'EX', 60)
  local echo = string.format('{"type":"echo","number":%d,"at":%d}', args[2], server.now())
  redis.call('PUBLISH', 'game_events:' .. args[1], echo)
  return { 'ok' }
end, WHEN_FULL)
