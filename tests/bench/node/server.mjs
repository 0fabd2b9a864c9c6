// The press route as one writes it in an evening: Fastify, ioredis and one Lua script.
//
//     node server.mjs PORT          REDIS_SOCKET is the path of Redis's unix socket
//
// A press is added, compared with the threshold, and published if it fires. Viewers need no signed id
// and have no limits, a repeated batch counts again, and nothing is recorded.

import Fastify from "fastify";
import { Redis } from "ioredis";

const THRESHOLD = 35; // what the default settings require of the first button with over 300 viewers

const COUNT = `
local count = redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
local required = tonumber(ARGV[3])
if count < required then return { count, 0 } end
local fired = math.floor(count / required)
redis.call('HSET', KEYS[1], ARGV[1], count % required)
redis.call('PUBLISH', ARGV[4], cjson.encode({ event_type = ARGV[1], trigger_count = fired * required }))
return { count % required, fired }
`;

const BODY = {
  type: "object",
  required: ["viewer_id", "push_events"],
  properties: {
    viewer_id: { type: "string" },
    push_events: {
      type: "array",
      items: {
        type: "object",
        required: ["button_name", "push_count"],
        properties: { button_name: { type: "string" }, push_count: { type: "integer", minimum: 1 } },
      },
    },
  },
};

const RESULT = {
  type: "object",
  properties: {
    event_type: { type: "string" },
    current_count: { type: "integer" },
    required_count: { type: "integer" },
    triggers_fired: { type: "integer" },
  },
};

const ANSWER = { type: "object", properties: { event_results: { type: "array", items: RESULT } } };

const redis = new Redis(process.env.REDIS_SOCKET); // enableAutoPipelining makes this slower
redis.defineCommand("count", { numberOfKeys: 1, lua: COUNT });

async function press(room, { button_name, push_count }) {
  const [count, fired] = await redis.count(`node:${room}`, button_name, push_count, THRESHOLD, `node:${room}:events`);
  return { event_type: button_name, current_count: count, required_count: THRESHOLD, triggers_fired: fired };
}

const app = Fastify();
app.post("/api/rooms/:room/events", { schema: { body: BODY, response: { 200: ANSWER } } }, async (request) => ({
  event_results: await Promise.all(request.body.push_events.map((event) => press(request.params.room, event))),
}));
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
