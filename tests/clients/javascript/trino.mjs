// Reads {name: SQL} from stdin and says what the grammar of Trino, Athena's engine, has against each.
import { readFileSync } from 'node:fs';
import { TrinoSQL } from 'dt-sql-parser';

const parser = new TrinoSQL();
const complaints = {};
for (const [name, sql] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const errors = parser.validate(`${sql};`);
  complaints[name] = errors.map((error) => `line ${error.startLine}: ${error.message}`);
}
console.log(JSON.stringify(complaints));
