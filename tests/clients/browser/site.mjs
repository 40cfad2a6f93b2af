// The app's own web server: its page, its bundle, and the files of clients/web as they are.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
const WEB = path.join(HERE, '../../../clients/web');
const FILES = {
  '/': path.join(HERE, 'index.html'),
  '/start.js': path.join(HERE, 'start.js'),
  '/fetch-wrapper.js': path.join(WEB, 'fetch-wrapper.js'),
  '/pinpoint-request.js': path.join(WEB, 'pinpoint-request.js'),
  '/service-worker.js': path.join(WEB, 'service-worker.js'),
};
// Three versions of Amplify stand side by side under names of their own.
const LIBRARIES = {
  v6: { app: 'amplify-v6.js', alias: {} },
  v5: {
    app: 'amplify-v5.js',
    alias: { '@aws-amplify/core': 'amplify-v5-core', '@aws-amplify/analytics': 'amplify-v5-analytics' },
  },
  v4: {
    app: 'amplify-v5.js',
    alias: { '@aws-amplify/core': 'amplify-v4-core', '@aws-amplify/analytics': 'amplify-v4-analytics' },
  },
};

/** Serve the app with that version of Amplify; its address. Its origin and start may be given. */
export async function serve(library, origin = 'http://127.0.0.1:0', start = undefined) {
  const made = { '/app.js': await bundled(LIBRARIES[library]), '/start.js': start };
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://site');
    const content = made[pathname] ?? (FILES[pathname] && (await readFile(FILES[pathname])));
    const type = pathname === '/' ? 'text/html' : 'text/javascript';
    response.writeHead(content ? 200 : 404, { 'content-type': type }).end(content);
  });
  const { hostname, port } = new URL(origin);
  await once(server.listen(Number(port), '127.0.0.1'), 'listening');
  server.unref();
  return `http://${hostname}:${server.address().port}`;
}

async function bundled({ app, alias }) {
  const { outputFiles } = await build({
    entryPoints: [path.join(HERE, app)],
    absWorkingDir: path.join(HERE, '..'),
    alias,
    bundle: true,
    define: { global: 'globalThis' },
    format: 'esm',
    logLevel: 'error',
    platform: 'browser',
    write: false,
  });
  return outputFiles[0].contents;
}
