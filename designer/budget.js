// What a page may weigh before it shows something, gzipped, so that it opens quickly far away.
// Prints measured against goal, and fails where a page is over it. Needs a build: node budget.js DIR
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = process.argv[2] ?? "dist";
const { pages, others } = JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
const weights = new Map();

function weigh(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(join(folder, file))).length);
  return weights.get(file);
}

/** The scripts that come with a module, without those that are loaded when asked for. */
function brought(name, found = new Set()) {
  const { file, imports = [] } = manifest[name];
  if (found.has(file)) return found;
  found.add(file);
  for (const each of imports) brought(each, found);
  return found;
}

const entry = brought("index.html");
const kb = (bytes) => `${Math.round(bytes / 1000)} kB`;
const rows = Object.keys(manifest)
  .filter((name) => name.endsWith("Page.tsx"))
  .map((name) => {
    const page = name.split("/").at(-1).replace(".tsx", "");
    const files = new Set([...entry, ...brought(name)]);
    const weight = [...files].reduce((sum, file) => sum + weigh(file), 0);
    return { page, weight, goal: pages[page] ?? others };
  })
  .sort((a, b) => b.weight / b.goal - a.weight / a.goal);

for (const { page, weight, goal } of rows) {
  console.log(`${page.padEnd(20)} ${kb(weight).padStart(7)} of ${kb(goal)} = ${(weight / goal).toFixed(2)}`);
}

// What the designer loads when it is first needed; the placing of steps stands apart, in a worker.
const first = new Set([...entry, ...brought(Object.keys(manifest).find((name) => name.endsWith("/DraftPage.tsx")))]);
console.log("\nLoaded later by the designer, each with what it alone brings:");
for (const name of Object.keys(manifest).filter((each) => each.startsWith("src/process/") && manifest[each].isDynamicEntry)) {
  const alone = [...brought(name)].filter((file) => !first.has(file));
  console.log(`${name.replace("src/process/", "").padEnd(32)} ${kb(alone.reduce((sum, file) => sum + weigh(file), 0)).padStart(7)}`);
}
const worker = Object.values(manifest).find(({ file }) => file.includes("elk-worker"));
if (worker) console.log(`${"the worker that places steps".padEnd(32)} ${kb(weigh(worker.file)).padStart(7)}`);

const over = rows.filter(({ weight, goal }) => weight > goal);
for (const { page, weight, goal } of over) console.error(`${page} weighs ${kb(weight)}; it may weigh ${kb(goal)}.`);
process.exit(over.length > 0 ? 1 : 0);
