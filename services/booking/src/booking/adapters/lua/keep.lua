-- Let a hold last longer, or claim it again where it was forgotten or (if asked to) had expired.
-- KEYS: as in claim.lua. ARGV: hold id, lasts (s), keep the record for (s), claim id, facts,
--   made at, expiry by the token, latest expiry, "1" to reclaim what expired, then from and to of each resource.
-- Returns {"kept", made at, expiry} · {"claimed", made at, expiry} · {"taken", index...} · {"expired"} · {"released"} · {"booked"} · {"stranger"}
local now = tonumber(redis.call("TIME")[1])
local record = redis.call("HMGET", KEYS[1], "state", "claim_id", "made_at", "expires_at")
local made, expiry = tonumber(ARGV[6]), tonumber(ARGV[7])
if record[1] then
    if record[2] ~= ARGV[4] then
        return {"stranger"}
    end
    if record[1] ~= "held" then
        return {record[1]}
    end
    made, expiry = tonumber(record[3]), tonumber(record[4])
end
local living = expiry > now
if not living and ARGV[9] ~= "1" then
    return {"expired"}
end

local taken = {"taken"}
for i = 2, #KEYS do
    local from, to = tonumber(ARGV[2 * i + 6]), tonumber(ARGV[2 * i + 7])
    redis.call("ZREMRANGEBYSCORE", KEYS[i], "-inf", now)
    for _, member in ipairs(redis.call("ZRANGE", KEYS[i], 0, -1)) do
        local holder, since, till = string.match(member, "^(.*)|(%-?%d+)|(%-?%d+)$")
        if holder ~= ARGV[1] and tonumber(since) < to and from < tonumber(till) then
            taken[#taken + 1] = i - 2
            break
        end
    end
end
if #taken > 1 then
    return taken
end

local wanted = now + tonumber(ARGV[2])
if ARGV[9] ~= "1" then
    wanted = math.min(wanted, tonumber(ARGV[8]))
end
expiry = math.max(expiry, wanted)
for i = 2, #KEYS do
    redis.call("ZADD", KEYS[i], expiry, ARGV[1] .. "|" .. ARGV[2 * i + 6] .. "|" .. ARGV[2 * i + 7])
    redis.call("EXPIRE", KEYS[i], ARGV[3])
end
redis.call("HSET", KEYS[1], "state", "held", "claim_id", ARGV[4], "facts", ARGV[5], "made_at", made, "expires_at", expiry)
redis.call("HSETNX", KEYS[1], "body_hash", "")
redis.call("EXPIRE", KEYS[1], ARGV[3])
return {record[1] and living and "kept" or "claimed", made, expiry}
