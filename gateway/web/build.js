// Builds the guest page's script and style into ../src/gateway/static: names carry their content's hash,
// manifest.json maps the plain names to them, and each file has a .gz beside it for clients that take one.
// The folder is replaced in one step, so a server that runs meanwhile never sees half a build.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/gateway/static");
const fresh = `${target}.new`;

// What the guest page may weigh in script, in bytes.
const BUDGET = { raw: 100_000, gzip: 35_000 };

const bundle = (entry) =>
  build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    target: ["chrome123", "firefox120", "safari17.5"],
    legalComments: "none",
    logLevel: "warning",
  }).then((result) => Buffer.from(result.outputFiles[0].contents));

const files = {
  "page.js": await bundle("page.js"),
  "page.css": await bundle("page.css"),
  "icon.svg": await readFile(join(here, "src/icon.svg")),
  "redoc.standalone.js": await readFile(join(here, "node_modules/redoc/bundles/redoc.standalone.js")),
};

const script = files["page.js"];
const weight = { raw: script.length, gzip: gzipSync(script, { level: 9 }).length };
if (weight.raw > BUDGET.raw || weight.gzip > BUDGET.gzip) {
  console.error(
    `page.js weighs ${weight.raw} bytes (${weight.gzip} gzipped); the budget is ${BUDGET.raw} (${BUDGET.gzip})`,
  );
  process.exit(1);
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(files)) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  manifest[name] = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  await writeFile(join(fresh, manifest[name]), content);
  await writeFile(join(fresh, `${manifest[name]}.gz`), gzipSync(content, { level: 9 }));
}
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
console.log(
  `page.js ${weight.raw} bytes (${weight.gzip} gzipped), page.css ${files["page.css"].length} bytes`,
);
