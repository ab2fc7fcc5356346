-- Sends one request over and over, or the same with another number in each, and prints its figures as JSON.
-- Arguments after `--`: method, path, key, body, mark, first. Where *mark* is not empty, it is replaced
-- in the body by a number of the same length, counted up from *first*: no two requests are alike.

local head, tail, number, form

local function numbered()
  number = number + 1
  return head .. string.format(form, number) .. tail
end

function init(args)
  local mark = args[5]
  wrk.method = args[1]
  wrk.path = args[2]
  if args[4] ~= "" then
    wrk.body = args[4]
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = "Bearer " .. args[3]
  end
  if mark ~= "" then
    local text = wrk.format()
    local from, to = string.find(text, mark, 1, true)
    head, tail = string.sub(text, 1, from - 1), string.sub(text, to + 1)
    number, form = tonumber(args[6]), "%0" .. #mark .. "d"
    request = numbered
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "p50": %.3f, "p99": %.3f, "refused": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
