// Opens /docs in Chromium, calls an operation from it, and prints as JSON what was seen.
import { visit } from '../clients/browser/visit.mjs';

const origin = process.argv[2];
const { page, seen, end } = await visit(`${origin}/docs`);
try {
  const block = page.locator('#operations-Events-PutEvents');
  await block.locator('.opblock-summary-control').first().click();
  await block.getByRole('button', { name: 'Try it out' }).click();
  await block.getByRole('button', { name: 'Execute' }).click();
  const answer = block.locator('.live-responses-table tbody .response-col_status').first();
  await answer.waitFor();
  const operations = await page.locator('.opblock').count();
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const elsewhere = loaded.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'));
  console.log(JSON.stringify({ ...seen, elsewhere, operations, answer: await answer.innerText() }));
} catch (error) {
  console.error(error.message, seen);
  process.exitCode = 1;
} finally {
  await end();
}
