// Starts every part of the page.
import { startChaos } from './chaos_panel.js';
import { startConnection } from './connection.js';
import { copy } from './copying.js';
import { startCounts } from './counts.js';
import { byId } from './dom.js';
import { startEndpoints } from './endpoints_panel.js';
import { startEvents } from './events_panel.js';
import { startKeyboard } from './keyboard.js';
import { addRate, startRates } from './rates_plot.js';
import { startSamples } from './samples.js';
import { startSql } from './sql_panel.js';
import { on, start } from './stream.js';
import { startSummary } from './summary.js';
import { startTabs } from './tabs.js';

startTabs();
startKeyboard();
startConnection();
startCounts();
startRates();
startSamples();
on('rates', addRate);
byId('copy-address').addEventListener('click', () => copy('the address', byId('address').textContent));
// The hash is the view's: the link to the content moves the focus and leaves it alone.
document.querySelector('[data-skip]').addEventListener('click', (event) => {
  event.preventDefault();
  byId('content').focus();
});
start();
startSummary().then(startEvents);
startEndpoints();
startSql();
startChaos();
