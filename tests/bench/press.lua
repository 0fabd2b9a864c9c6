-- The script for wrk: sends the presses of a list in turn, and prints the figures as JSON.
--   wrk … -s press.lua URL -- LIST      each line of LIST is a path, a space and a body
-- All connections share the list, so that viewers press about equally often.

local requests, last = {}, 0

function init(arguments)
  local headers = { ['Content-Type'] = 'application/json' }
  for line in io.lines(arguments[1]) do
    local path, body = line:match('^(%S+) (.*)$')
    requests[#requests + 1] = wrk.format('POST', path, headers, body)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
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
