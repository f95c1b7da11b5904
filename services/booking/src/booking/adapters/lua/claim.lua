-- Claim all resources of a hold for a while, or none.
-- KEYS: the hold's record, then one sorted set a resource (member "hold_id|from|to", score: expiry in seconds).
-- ARGV: hold id, lasts (s), keep the record for (s), claim id, body hash, facts, then from and to of each resource.
-- Returns {outcome, ...}: {"claimed", now, expiry} · {"taken", index...} · {"repeated", facts, now, expiry} · {"reused"}
local record = redis.call("HMGET", KEYS[1], "body_hash", "facts", "made_at", "expires_at")
if record[1] then
    if record[1] ~= ARGV[5] then
        return {"reused"}
    end
    return {"repeated", record[2], record[3], record[4]}
end

local now = tonumber(redis.call("TIME")[1])
local taken = {"taken"}
for i = 2, #KEYS do
    local from, to = tonumber(ARGV[2 * i + 3]), tonumber(ARGV[2 * i + 4])
    redis.call("ZREMRANGEBYSCORE", KEYS[i], "-inf", now)
    for _, member in ipairs(redis.call("ZRANGE", KEYS[i], 0, -1)) do
        local since, till = string.match(member, "|(%-?%d+)|(%-?%d+)$")
        if tonumber(since) < to and from < tonumber(till) then
            taken[#taken + 1] = i - 2
            break
        end
    end
end
if #taken > 1 then
    return taken
end

local expiry = now + tonumber(ARGV[2])
for i = 2, #KEYS do
    redis.call("ZADD", KEYS[i], expiry, ARGV[1] .. "|" .. ARGV[2 * i + 3] .. "|" .. ARGV[2 * i + 4])
    redis.call("EXPIRE", KEYS[i], ARGV[3])
end
redis.call("HSET", KEYS[1], "state", "held", "claim_id", ARGV[4], "body_hash", ARGV[5], "facts", ARGV[6],
    "made_at", now, "expires_at", expiry)
redis.call("EXPIRE", KEYS[1], ARGV[3])
return {"claimed", now, expiry}
