-- spend: takes tokens from the token bucket of an address, a room, a token of it or a studio; each purpose (new viewers,
-- searches, stored bytes) has its own bucket. Also on a full server, where rounds can still be stopped and ended.
-- KEYS  1 bucket
-- ARGV  1 per_minute  2 burst  3 cost: how many, at most the burst
-- Reply ok | rate_limited, ms until it has so many
register('spend', function(keys, args)
  local bucket_key = keys[1]
  local per_minute, burst, cost = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  local now, bucket = server.now(), redis.call('HMGET', bucket_key, 'tokens', 'at')
  local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
  tokens = math.min(burst, tokens + math.max(0, now - at) * per_minute / 60000)
  if tokens < cost then
    if at > now then redis.call('HSET', bucket_key, 'at', now) end -- the clock was set back: refill from now on
    return { 'rate_limited', math.ceil((cost - tokens) * 60000 / per_minute) }
  end
  redis.call('HSET', bucket_key, 'tokens', tostring(tokens - cost), 'at', now)
  redis.call('PEXPIRE', bucket_key, math.ceil(burst / per_minute * 60000) + 1000)
  return { 'ok' }
end, server.WHEN_FULL)
