// Before the first event: on a gateway of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { accessible } from '../axe.mjs';

const run = promisify(execFile);

export default {
  'the first visit shows three ways to send an event, and the one for curl works': async (visit) => {
    const { page, rows, open, copied, again, url } = visit;
    await open('');
    const ways = page.locator('.way');
    await ways.nth(2).waitFor();
    assert.deepEqual(await ways.locator('h3').allTextContents(), ['curl', 'AWS CLI', 'Amplify']);
    for (const [at, part] of ['curl', '--region us-east-1 --no-sign-request', 'Amplify'].entries()) {
      await ways.nth(at).getByRole('button').click();
      const text = await copied();
      assert.ok(text.includes(part) && text.includes(url), text);
      assert.equal(text, await ways.nth(at).locator('pre').textContent());
    }
    await accessible(page);
    const dark = await again({ colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    await dark.open('');
    await dark.page.locator('.way').nth(2).waitFor();
    await accessible(dark.page);
    dark.quiet();
    await dark.end();

    await ways.nth(0).getByRole('button').click();
    await run('sh', ['-c', await copied()]);

    await rows.filter({ hasText: 'accepted' }).waitFor();
    assert.equal(await page.locator('#empty').isVisible(), false);
  },
};
