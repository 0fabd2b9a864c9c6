-- Single commands, which have no deadline of their own: as functions they do nothing once their caller has given up.

-- write: runs a command on a key.
-- KEYS  1 changed
-- ARGV  1 command  2… its arguments after the key
-- Reply ok
register('write', function(keys, args)
  local changed_key = keys[1]
  local command = args[1]
  local rest = { unpack(args, 2) }
  redis.call(command, changed_key, unpack(rest))
  return { 'ok' }
end)

-- free: the same for a command that frees memory.
-- KEYS  1 changed
-- ARGV  1 command  2… its arguments after the key
-- Reply ok
register('free', function(keys, args)
  local changed_key = keys[1]
  local command = args[1]
  local rest = { unpack(args, 2) }
  redis.call(command, changed_key, unpack(rest))
  return { 'ok' }
end, server.WHEN_FULL)
