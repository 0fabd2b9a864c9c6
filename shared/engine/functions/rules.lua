-- The room's rules (buttons, thresholds, cooldowns). The server process decodes each distinct text once and caches it.

local rules = {}

local CACHE_LIMIT = 1000 -- distinct texts of a kind; the default rules are one
local GUESS = 0.2 / 1000 -- presses of an active viewer in a ms
local WHOLE = { 'squares', 'source_squares', 'pressers', 'answers', 'resets', 'shared_at' }

-- The button's threshold for a factor: clamp(ceil(base × factor), min, max). Subtracting 1e-9 makes
-- 100 × 1.1 = 110.00000000000001 give 110.
local function threshold_of(button, by)
  return math.min(button.max, math.max(button.min, math.ceil(button.base * by - 1e-9)))
end

-- Returns { digest (of the text), buttons, index_of (each event type, in `buttons`), bands (of numbers of active viewers,
-- each { up_to, thresholds (of the buttons) }), hold, starts_on_press, round_limit (ms, 0 for none), state_fields (of the
-- hash of counts: each button's from its `read_at` on, then from `whole_at` on those of the whole round, in the order of
-- WHOLE), whole_at, reply (what buttons.reply fills in), lacks_pace (a button that can be pressed has none, so that a large
-- crowd fires it as fast as it presses; else nil) }.
-- A button's `index` counts from 0. Its `fields` are the names of its fields in that hash; `fired_at` is read only if it has
-- a cooldown, `began` and `record` if it has a pace, because each field read costs a search in a small hash. `waits` is
-- whether anything but presses holds back its triggers. `first_pace` is that of a round's first bar, so that the buttons
-- take turns: of k enabled buttons with a pace the i-th has its pace × i ÷ k. `guess` is how many presses of it a viewer
-- makes in a ms: of all k together GUESS.
local function decode(text)
  local raw = cjson.decode(text)
  local paced, decoded = {}, {
    digest = redis.sha1hex(text), buttons = {}, index_of = {}, bands = {}, hold = raw[3] == 1,
    starts_on_press = raw[4] == 1, round_limit = raw[5] * 1000, state_fields = {}, reply = {},
  }
  for i, b in ipairs(raw[1]) do
    local button = {
      index = i - 1, event_type = b[1], team = b[2], enabled = b[3] == 1, base = b[4], min = b[5], max = b[6],
      cooldown = b[7], pace = b[8], distance = b[9], first_pace = b[8], waits = b[7] + b[8] + b[9] > 0, fields = {},
    }
    if button.enabled and button.pace > 0 then paced[#paced + 1] = button end
    if button.enabled and button.pace == 0 then decoded.lacks_pace = true end
    decoded.buttons[i] = button
    decoded.index_of[button.event_type] = i
    for _, field in ipairs({ 'count', 'accepted', 'fired', 'fired_at', 'consumed', 'began', 'record', 'people' }) do
      button.fields[field] = button.event_type .. ':' .. field
    end
    button.read_at = #decoded.state_fields + 1
    local read = { 'count', 'accepted', 'fired', 'people' }
    if button.cooldown > 0 then read[#read + 1] = 'fired_at' end
    if button.pace > 0 then read[#read + 1], read[#read + 2] = 'began', 'record' end
    for _, field in ipairs(read) do table.insert(decoded.state_fields, button.fields[field]) end
    for _, value in ipairs({ button.event_type, 0, 0, 0, b[3], 0, false, 0, 0, 0 }) do table.insert(decoded.reply, value) end
  end
  for i, multiplier in ipairs(raw[2]) do
    local thresholds = {}
    for j, button in ipairs(decoded.buttons) do thresholds[j] = threshold_of(button, multiplier[2]) end
    decoded.bands[i] = { up_to = multiplier[1], thresholds = thresholds }
  end
  for i, button in ipairs(paced) do button.first_pace = button.pace * i / #paced end
  for _, button in ipairs(decoded.buttons) do button.guess = GUESS / math.max(1, #paced) end
  decoded.whole_at = #decoded.state_fields + 1
  for _, field in ipairs(WHOLE) do table.insert(decoded.state_fields, field) end
  return decoded
end

-- A function that decodes each distinct text once.
function rules.remembering(decode_text)
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

local decoded_rules = rules.remembering(decode)

function rules.of(room)
  return decoded_rules(room.rules)
end

local decoded_numbers = rules.remembering(function(types)
  local numbers, last = {}, 0
  for event_type in string.gmatch(types, '[^,]+') do
    last = last + 1
    numbers[event_type] = last
  end
  return numbers
end)

-- The number of each event type: its index, from 1, in the list of all that the room ever had. That list only grows.
function rules.numbers(room)
  return decoded_numbers(room.types)
end
