// The page without a mouse.
import assert from 'node:assert/strict';
import { event } from '../live_visit.mjs';

const focused = (page) => page.evaluate(() => document.activeElement.closest('tr')?.dataset.seq ?? document.activeElement.id);

export default {
  'arrows go through the list, Enter opens, Escape closes': async ({ page, rows, detail, open, put }) => {
    await put({ 1: event('first'), 2: event('second'), 3: event('third') });
    await open();
    await rows.nth(2).waitFor();
    const order = await rows.evaluateAll((all) => all.map((row) => row.dataset.seq));
    await rows.first().locator('button').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), order[1]);
    await page.keyboard.press('End');
    assert.equal(await focused(page), order[2]);
    await page.keyboard.press('Enter');
    await detail.getByRole('heading').first().waitFor();
    await page.keyboard.press('ArrowUp');
    await rows.nth(1).and(page.locator('.is-open')).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'hidden' });
    assert.equal(await focused(page), order[1]);
  },

  'a row keeps the focus while others arrive': async ({ page, rows, open, put }) => {
    await put({ 1: event('mine') });
    await open();
    await rows.first().locator('button').focus();
    const mine = await focused(page);
    await put({ 2: event('other') });

    await rows.nth(1).waitFor();
    assert.equal(await focused(page), mine);
  },

  'a slash goes to the search, and is a letter there': async ({ page, open }) => {
    await open();
    await page.locator('#connection[data-state=live]').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a/b');

    assert.equal(await page.locator('#filters [name=q]').inputValue(), 'a/b');
  },

  'tabs are changed by arrows': async ({ page, open }) => {
    await open('#/events');
    await page.locator('#tab-events').focus();
    for (const name of ['endpoints', 'sql', 'chaos', 'events']) {
      await page.keyboard.press('ArrowRight');
      assert.equal(await focused(page), `tab-${name}`);
      await page.locator(`#${name}`).waitFor();
      assert.equal(await page.locator('[role=tabpanel]:visible').count(), 1);
    }
    await page.keyboard.press('End');
    assert.equal(await focused(page), 'tab-chaos');
    await page.goBack();
    await page.locator('#events').waitFor();
  },

  'everything that Tab reaches shows that it has the focus': async ({ page, rows, open, put }) => {
    await put({ 1: event('one') });
    await open();
    await rows.first().waitFor();
    await page.evaluate(() => document.body.focus());
    const reached = [];
    for (let at = 0; at < 24; at += 1) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { name: element.id || element.name || element.className || element.textContent, isSeen: outlineStyle !== 'none' && outlineWidth !== '0px', isBody: element === document.body };
      });
      if (where.isBody) break;
      reached.push(where);
    }

    assert.deepEqual(reached.filter(({ isSeen }) => !isSeen), []);
    assert.equal(reached[0].name, 'skip');
    assert.ok(reached.some(({ name }) => name === 'open'), JSON.stringify(reached));
  },
};
