-- Give a hold's resources up. KEYS: as in claim.lua.
-- ARGV: hold id, from, to, keep the record for (s), claim id, the state to remember ("" forgets it altogether), facts.
-- Returns 1, or 0 if the hold of this identity is another one.
local claim = redis.call("HGET", KEYS[1], "claim_id")
if claim and claim ~= ARGV[5] then
    return 0
end
for i = 2, #KEYS do
    redis.call("ZREM", KEYS[i], ARGV[1] .. "|" .. ARGV[2] .. "|" .. ARGV[3])
end
if ARGV[6] == "" then
    redis.call("DEL", KEYS[1])
    return 1
end
if redis.call("HGET", KEYS[1], "state") ~= "booked" then
    redis.call("HSET", KEYS[1], "state", ARGV[6], "claim_id", ARGV[5])
end
redis.call("HSETNX", KEYS[1], "facts", ARGV[7])
redis.call("HSETNX", KEYS[1], "body_hash", "")
redis.call("HSETNX", KEYS[1], "made_at", 0)
redis.call("HSETNX", KEYS[1], "expires_at", 0)
redis.call("EXPIRE", KEYS[1], ARGV[4])
return 1
