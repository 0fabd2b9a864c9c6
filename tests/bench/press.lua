-- The script for wrk: sends the presses of a list in turn, and prints the figures as JSON.
--   wrk … -s press.lua URL -- LIST      each line of LIST is a path, a space and a body
-- All connections share the list, so that viewers press about equally often. In each body, NUMBER stands for the
-- batch's number. It grows with each pass through the list, and from one run to the next, because it begins with the time.

local NUMBER = '222222222222'
local PASSES = 100 -- through the list a second, at most

local requests, last = {}, 0
local number = os.time() * PASSES

function init(arguments)
  local headers = { ['Content-Type'] = 'application/json' }
  for line in io.lines(arguments[1]) do
    local path, body = line:match('^(%S+) (.*)$')
    local text = wrk.format('POST', path, headers, body)
    requests[#requests + 1] = { text:match('^(.*)' .. NUMBER .. '(.*)' .. NUMBER .. '(.*)$') }
  end
end

function request()
  if last == #requests then last, number = 0, number + 1 end
  last = last + 1
  local parts = requests[last]
  local no = string.format('%d', number)
  return parts[1] .. no .. parts[2] .. no .. parts[3]
end

-- Latencies are in µs: 1,000 quantiles, so that two runs can be merged.
function done(summary, latency)
  local steps, errors = {}, summary.errors
  for step = 1, 1000 do
    steps[step] = string.format('%d', latency:percentile((step - 0.5) / 10))
  end
  io.write(string.format(
    '\n{"seconds": %f, "answers": %d, "refused": %d, "broken": %d, "late": %d, "latencies": [%s]}\n',
    summary.duration / 1e6, summary.requests, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, table.concat(steps, ',')))
end
