-- How functions take KEYS and ARGV: their first lines give each a name. Where any number of them may follow at the end,
-- `rest` hands those out one by one.

-- An iterator over a list, from one of its places on.
local function rest(list, first)
  local i = first - 1
  return function()
    i = i + 1
    return list[i]
  end
end
