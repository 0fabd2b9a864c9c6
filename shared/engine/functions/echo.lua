-- echo: publishes a numbered message from a gateway to its own inbox, with this server's time. It also writes, as the
-- functions do that publish nudges: if the echo arrives, so do nudges.
-- KEYS  1 gateway
-- ARGV  1 gateway_id  2 number
-- Reply ok
register('echo', function(keys, args)
  local gateway_key = keys[1]
  local gateway_id, number = unpack(args)
  redis.call('SET', gateway_key, number, 'EX', 60)
  local echo = string.format('{"type":"echo","number":%d,"at":%d}', number, server.now())
  redis.call('PUBLISH', 'game_events:' .. gateway_id, echo)
  return { 'ok' }
end, server.WHEN_FULL)
