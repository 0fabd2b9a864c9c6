-- The room's rules (buttons, thresholds, cooldowns). The server process decodes each distinct text once and caches it.

local rules = {}

local CACHE_LIMIT = 1000 -- distinct texts of a kind; the default rules are one
local WHOLE = { 'squares', 'source_squares', 'pressers', 'squares_seen' }

-- Returns { buttons, places (of each event type in `buttons`), multipliers (bands), hold, starts_on_press, state_fields (of
-- the hash of counts: each button's from its `read_at` on, then from `whole_at` on those of the whole round, in the order of
-- WHOLE), whole_at, reply (what buttons.reply fills in) }. A button's `fields` are the names of its fields in that hash;
-- `fired_at` is read only if it has a cooldown, because each field read costs a search in a small hash.
-- An older release's rules lack starts_on_press.
local function decode(text)
  local raw = cjson.decode(text)
  local decoded = {
    buttons = {}, places = {}, multipliers = raw[2], hold = raw[3] == 1, starts_on_press = raw[4] == 1, state_fields = {},
    reply = {},
  }
  for i, b in ipairs(raw[1]) do
    local button = {
      event_type = b[1], team = b[2], enabled = b[3] == 1, base = b[4], min = b[5], max = b[6], cooldown = b[7],
      fields = {},
    }
    decoded.buttons[i] = button
    decoded.places[button.event_type] = i
    for _, field in ipairs({ 'count', 'accepted', 'fired', 'fired_at', 'consumed' }) do
      button.fields[field] = button.event_type .. ':' .. field
    end
    button.read_at = #decoded.state_fields + 1
    for _, field in ipairs({ 'count', 'accepted', 'fired', button.cooldown > 0 and 'fired_at' or nil }) do
      table.insert(decoded.state_fields, button.fields[field])
    end
    for _, value in ipairs({ button.event_type, 0, 0, 0, b[3], 0 }) do table.insert(decoded.reply, value) end
  end
  decoded.whole_at = #decoded.state_fields + 1
  for _, field in ipairs(WHOLE) do table.insert(decoded.state_fields, field) end
  return decoded
end

-- A function that decodes each distinct text once.
local function remembering(decode_text)
  local cache, cached = {}, 0
  return function(text)
    local decoded = cache[text]
    if decoded then return decoded end
    if cached >= CACHE_LIMIT then
      cache, cached = {}, 0
    end
    decoded = decode_text(text)
    cache[text], cached = decoded, cached + 1
    return decoded
  end
end

local decoded_rules = remembering(decode)

function rules.of(room)
  return decoded_rules(room.rules)
end

local decoded_numbers = remembering(function(types)
  local numbers, last = {}, 0
  for event_type in string.gmatch(types, '[^,]+') do
    last = last + 1
    numbers[event_type] = last
  end
  return numbers
end)

-- The number of each event type: its place, from 1, in the list of all that the room ever had. That list only grows.
function rules.numbers(room)
  return decoded_numbers(room.types)
end
