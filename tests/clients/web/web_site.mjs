// The site of the tests: pages that load clients/web/events.js, as many as there are paths.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

export const WEB = path.join(import.meta.dirname, '../../../clients/web');
const PAGE = `<!doctype html><meta charset="utf-8"><title>A shop</title>
<script type="module" src="/start.js"></script>`;
const START = `import { createClient } from '/events.js'; window.createClient = createClient;`;

/** Its address; `policies` is the Content-Security-Policy of a path, `pages` and `scripts` are more of them. */
export async function openSite() {
  const site = { policies: {}, pages: {}, scripts: {} };
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://site');
    const events = pathname === '/events.js' && (await readFile(path.join(WEB, 'events.js')));
    const script = events || { '/start.js': START, ...site.scripts }[pathname];
    const policy = site.policies[pathname];
    response.writeHead(200, {
      'content-type': script ? 'text/javascript' : 'text/html',
      ...(policy ? { 'content-security-policy': policy } : {}),
    });
    response.end(script ?? site.pages[pathname] ?? PAGE);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return site;
}
