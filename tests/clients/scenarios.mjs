// Runs scenarios in one browser: a line of JSON orders each, a line of JSON says what came of it.
import { createInterface } from 'node:readline';

/**
 * Takes the scenarios of the files in a folder. `visit` makes of an order what its scenario gets, with `quiet` and `end`;
 * `seen` is what it says when it fails; `after` tidies up. Each fails after so many seconds.
 */
export async function runScenarios(folder, files, seconds, { visit, seen, after = () => {} }) {
  const scenarios = new Map();
  for (const file of files) {
    const { default: found } = await import(new URL(`${file}.mjs`, folder));
    for (const [name, run] of Object.entries(found)) scenarios.set(name, run);
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const { scenario, ...order } = JSON.parse(line);
    console.log(JSON.stringify({ scenario, error: await outcome(scenarios.get(scenario), order) }));
  }

  async function outcome(run, order) {
    const visited = await visit(order);
    let timer;
    try {
      const late = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`not done after ${seconds} s`)), seconds * 1000);
      });
      await Promise.race([run(visited), late]);
      visited.quiet();
      return null;
    } catch (error) {
      return `${error.stack}\n${seen(visited)}`;
    } finally {
      clearTimeout(timer);
      await visited.end();
      await after(order);
    }
  }
}
