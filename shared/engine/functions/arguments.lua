-- How functions read KEYS and ARGV: their first lines name each of them. If the list ends with a variable number of
-- them, `arguments.rest` returns those one by one.

local arguments = {}

-- An iterator over a list, starting at index `first`.
function arguments.rest(list, first)
  local i = first - 1
  return function()
    i = i + 1
    return list[i]
  end
end
