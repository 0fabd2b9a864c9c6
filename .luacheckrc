-- What `make check` reads Lua by: Redis Functions, and a script for wrk.
max_line_length = 125
std = "lua51"
read_globals = { "redis", "cjson", "cmsgpack", "struct" }
files["tests/bench/*.lua"] = { read_globals = { "wrk" }, globals = { "setup", "init", "request", "response", "done" } }
