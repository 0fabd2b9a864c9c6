-- Tokens with less right than the room's own. The room's hash lists those that are valid, so they live as long as the room.

-- The room's valid tokens by id, each { scope, expires_at (ms) }.
local function valid_tokens(room)
  local text, valid = redis.call('HGET', room.key, 'tokens'), {}
  for id, token in pairs(text and cjson.decode(text) or {}) do
    if token[2] > room.now then valid[id] = token end
  end
  return valid
end

-- Sets the valid tokens, and tells the ledger, so that they outlive a server that loses the room. Returns the reply.
local function set_valid(room, valid)
  local text = cjson.encode(valid)
  redis.call('HSET', room.key, 'tokens', text)
  rooms.book(room, 'access', ',null,%s', text)
  return { 'ok' }
end

-- tokens: the room's valid tokens.
-- Reply ok, (id, scope, expires_at in ms)…
rooms.register('tokens', function(room)
  local flat = {}
  for id, token in pairs(valid_tokens(room)) do
    for _, value in ipairs({ id, token[1], token[2] }) do flat[#flat + 1] = value end
  end
  return { 'ok', flat }
end, server.READ_ONLY)

-- add_token: makes a token valid.
-- ARGV  1 id  2 scope  3 expires_at in ms  4 most: how many a room may have
--       5 ledger_limits (see ledger.full)
-- Reply too_many_tokens | ledger_full | ok
rooms.register('add_token', function(room, args)
  local id, scope, expires_at, most, ledger_limits = args[1], args[2], tonumber(args[3]), tonumber(args[4]), args[5]
  local valid, count = valid_tokens(room), 0
  for _ in pairs(valid) do count = count + 1 end
  if count >= most then return { 'too_many_tokens' } end
  if ledger.full(room.ledger, ledger_limits) then return { 'ledger_full' } end
  valid[id] = { scope, expires_at }
  return set_valid(room, valid)
end)

-- remove_token: makes a token invalid; does nothing if it is not valid. A full ledger does not hinder it: it takes no more
-- entries than tokens were added.
-- ARGV  1 id
-- Reply ok
rooms.register('remove_token', function(room, args)
  local id = args[1]
  local valid = valid_tokens(room)
  if not valid[id] then return { 'ok' } end
  valid[id] = nil
  return set_valid(room, valid)
end)
