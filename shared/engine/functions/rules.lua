-- The room's rules (buttons, thresholds, cooldowns). The server process decodes each distinct text once and caches it.

local rules = { cache = {}, cached = 0 }

local CACHE_LIMIT = 1000 -- distinct rule texts; the defaults are one

-- Returns { buttons, by_type, multipliers (bands), hold, starts_on_press, state_fields (of the hash of counts: three
-- per button, then from `squares_at` on the two sums of squares), squares_at }. An older release's rules lack
-- starts_on_press.
local function decode(text)
  local raw = cjson.decode(text)
  local decoded = {
    buttons = {}, by_type = {}, multipliers = raw[2], hold = raw[3] == 1, starts_on_press = raw[4] == 1, state_fields = {},
  }
  for i, b in ipairs(raw[1]) do
    local button = {
      event_type = b[1], team = b[2], enabled = b[3] == 1, base = b[4], min = b[5], max = b[6], cooldown = b[7],
    }
    decoded.buttons[i] = button
    decoded.by_type[button.event_type] = button
    for _, field in ipairs({ 'count', 'fired', 'fired_at' }) do
      table.insert(decoded.state_fields, button.event_type .. ':' .. field)
    end
  end
  decoded.squares_at = #decoded.state_fields + 1
  table.insert(decoded.state_fields, 'squares')
  table.insert(decoded.state_fields, 'source_squares')
  return decoded
end

function rules.of(room)
  local decoded = rules.cache[room.rules]
  if decoded then return decoded end
  if rules.cached >= CACHE_LIMIT then
    rules.cache, rules.cached = {}, 0
  end
  decoded = decode(room.rules)
  rules.cache[room.rules] = decoded
  rules.cached = rules.cached + 1
  return decoded
end
