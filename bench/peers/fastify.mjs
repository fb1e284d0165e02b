// The peer of our task writes: the same request, a signed token checked, one row inserted by a prepared statement.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const secret = process.env.PEER_SECRET;
const pool = new pg.Pool({ max: Number(process.env.PEER_POOL ?? 16) });
const app = Fastify({ logger: false });

function subject(header) {
  const [head, claims, signature] = (header ?? '').replace(/^Bearer /, '').split('.');
  if (!signature) return null;
  const wanted = createHmac('sha256', secret).update(`${head}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url'));
  return exp > Date.now() / 1000 ? sub : null;
}

app.addHook('onRequest', async (request, reply) => {
  request.subject = subject(request.headers.authorization);
  if (!request.subject) return reply.code(401).send({ code: 'unauthenticated' });
});

const body = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: { title: { type: 'string', minLength: 1, maxLength: 500 } },
};

app.post('/v1/lists/:list/tasks', { schema: { body } }, async (request, reply) => {
  const id = randomUUID();
  const { rows } = await pool.query({
    name: 'insert',
    text: 'insert into peer_task (id, list_id, title, status, created_by) values ($1, $2, $3, $4, $5) returning *',
    values: [id, request.params.list, request.body.title, 'pending', request.subject],
  });
  return reply.code(201).header('location', `/v1/lists/${request.params.list}/tasks/${id}`).send(rows[0]);
});

app.get('/v1/lists/:list', async (request) => {
  const { rows } = await pool.query({
    name: 'select',
    text: 'select * from peer_task where list_id = $1 order by created_at limit 50',
    values: [request.params.list],
  });
  return { id: request.params.list, tasks: rows };
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`ready ${app.server.address().port}`);
process.on('SIGTERM', () => process.exit(0));
