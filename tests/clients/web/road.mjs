// The way to the gateway: passes requests on, keeps what passed, and breaks as a test wants.
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';

const HOP_BY_HOP = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'];

/** `fault`, if set, may answer in the gateway's place: a status and body, or `null` for a broken connection. */
export async function openRoad(gateway) {
  const passed = new EventEmitter();
  const road = { exchanges: [], preflights: [], fault: undefined };

  const server = createServer(async (request, response) => {
    const chunks = await request.toArray().catch(() => []);
    const body = Buffer.concat(chunks);
    if (request.method === 'OPTIONS') {
      road.preflights.push(request.headers['access-control-request-headers']);
      await road.preflight?.();
    }
    const exchange = request.method === 'POST' && readExchange(request, body);
    const broken = exchange && (await road.fault?.(exchange));
    if (broken === null) {
      exchange.status = 'broken';
      request.socket.destroy();
    } else {
      const { status, headers, text } = broken ? faulty(request, broken) : await passOn(gateway, request, body);
      if (exchange) Object.assign(exchange, { status, answer: read(text) });
      response.writeHead(status, headers).end(text);
    }
    if (exchange) road.exchanges.push(exchange);
    passed.emit('exchange');
  });
  let port = 0;
  road.repair = async () => {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    ({ port } = server.address());
  };
  /** The next preflight: when it was asked, and how to let it go on. */
  road.holdPreflight = () => {
    const [asked, letGo] = [Promise.withResolvers(), Promise.withResolvers()];
    road.preflight = () => {
      asked.resolve();
      return letGo.promise;
    };
    return { asked: asked.promise, letGo: letGo.resolve };
  };
  /** Holds every request on its way to the gateway: when one came, and how to let them go on. */
  road.hold = () => {
    const [came, letGo] = [Promise.withResolvers(), Promise.withResolvers()];
    road.fault = async () => {
      came.resolve();
      await letGo.promise;
    };
    return { came: came.promise, letGo: letGo.resolve };
  };
  /** Nobody listens from now on. */
  road.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await road.repair();
  road.url = `http://127.0.0.1:${port}`;
  /** Every event that was sent, as often as it was. */
  road.sent = () => road.exchanges.flatMap(({ events }) => events);
  road.types = () => road.sent().map(({ EventType }) => EventType);
  /** Waits until what has passed is as `isThere` wants it. */
  road.until = async (isThere) => {
    while (!isThere()) await once(passed, 'exchange');
  };
  road.saw = (type) => road.until(() => road.types().includes(type));
  return road;
}

function readExchange({ headers, url }, body) {
  const batches = Object.entries(JSON.parse(body).BatchItem);
  return {
    path: url,
    key: headers['x-api-key'],
    token: headers.authorization,
    bytes: body.length,
    endpoint: batches[0][0],
    update: batches[0][1].Endpoint,
    events: batches.flatMap(([endpoint, { Events }]) => Object.entries(Events).map(([id, event]) => ({ id, endpoint, ...event }))),
  };
}

/** An answer as a deployed gateway's, with what lets a page read it. */
function faulty({ headers }, { status, body = '{}', isReadable = true, location }) {
  const allowed = isReadable ? { 'access-control-allow-origin': headers.origin ?? '*' } : {};
  if (location) allowed.location = location;
  return { status, text: body, headers: { 'content-type': 'application/json', ...allowed } };
}

async function passOn(gateway, { method, url, headers }, body) {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  const answer = await fetch(gateway + url, { method, headers: kept, body: body.length ? body : undefined });
  const text = await answer.text();
  const told = [...answer.headers].filter(([name]) => !HOP_BY_HOP.includes(name));
  return { status: answer.status, text, headers: Object.fromEntries(told) };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
