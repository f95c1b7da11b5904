-- What living holds claim. KEYS: one sorted set a resource. ARGV: from, to, one's own hold id.
-- Returns a flat list: index, from, to, index, from, to...
local now = redis.call("TIME")[1]
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
local found = {}
for i = 1, #KEYS do
    for _, member in ipairs(redis.call("ZRANGE", KEYS[i], "(" .. now, "+inf", "BYSCORE")) do
        local holder, since, till = string.match(member, "^(.*)|(%-?%d+)|(%-?%d+)$")
        if holder ~= ARGV[3] and tonumber(since) < to and from < tonumber(till) then
            found[#found + 1] = i - 1
            found[#found + 1] = tonumber(since)
            found[#found + 1] = tonumber(till)
        end
    end
end
return found
