-- Give a hold's resources up. KEYS: as in claim.lua.
-- ARGV: hold id, keep the record for (s), claim id, the state to remember ("" forgets it altogether), facts,
--   then from and to of each resource.
-- Returns 1, or 0 if the hold of this identity is another one.
local claim = redis.call("HGET", KEYS[1], "claim_id")
if claim and claim ~= ARGV[3] then
    return 0
end
for i = 2, #KEYS do
    redis.call("ZREM", KEYS[i], ARGV[1] .. "|" .. ARGV[2 * i + 2] .. "|" .. ARGV[2 * i + 3])
end
if ARGV[4] == "" then
    redis.call("DEL", KEYS[1])
    return 1
end
if redis.call("HGET", KEYS[1], "state") ~= "booked" then
    redis.call("HSET", KEYS[1], "state", ARGV[4], "claim_id", ARGV[3])
end
redis.call("HSETNX", KEYS[1], "facts", ARGV[5])
redis.call("HSETNX", KEYS[1], "body_hash", "")
redis.call("HSETNX", KEYS[1], "made_at", 0)
redis.call("HSETNX", KEYS[1], "expires_at", 0)
redis.call("EXPIRE", KEYS[1], ARGV[2])
return 1
