// The code of docs/web-client.md, run as it stands there.
import path from 'node:path';
import { build } from 'esbuild';
import { WEB } from '../web_site.mjs';

const CLIENTS = path.join(import.meta.dirname, '../..');
// What a reader has of a sign-in.
const SIGN_IN = `
export const getToken = async () => 'the.id.token';
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'made-up', sessionToken: 'made-up' };`;

export default {
  'code of the page records an event': async ({ tab, site, code }) => {
    site.pages['/documented'] = '<!doctype html><script type="module" src="/app.js"></script>';
    site.scripts['/app.js'] = await bundled(`${code}\nclient.record('documented');\nclient.flush().then(() => { window.done = true; });`);
    const page = await tab('/documented');
    await page.waitForFunction('window.done');
  },

  'a whole page records a purchase': async ({ tab, site, code }) => {
    site.pages['/documented.html'] = code;
    const page = await tab('/documented.html');
    await page.waitForFunction("document.getElementById('buy').onclick");
    await page.click('#buy');
    await page.goto('about:blank');
  },
};

async function bundled(code) {
  const signIn = {
    name: 'sign-in',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /sign-in\.js$/ }, () => ({ path: 'sign-in', namespace: 'reader' }));
      onLoad({ filter: /./, namespace: 'reader' }, () => ({ contents: SIGN_IN }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: WEB },
    nodePaths: [path.join(CLIENTS, 'node_modules')],
    plugins: [signIn],
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    platform: 'browser',
    write: false,
  });
  return outputFiles[0].text;
}
