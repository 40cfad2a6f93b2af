// What axe-core finds on a page as it is now: nothing.
import assert from 'node:assert/strict';
import axe from 'axe-core';

/** Fail with every rule that is broken and where; `state` says in which state of the page. */
export async function accessible(page, state = '') {
  // A row that is hidden behind what is scrolled has no colours that axe can see: it says so, and asks.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map(({ id, nodes }) => `${state} ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
  assert.deepEqual(found, []);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(width <= 0, `${state}: ${width} pixels too wide`);
}
