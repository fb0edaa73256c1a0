// Opens a WACZ with ReplayWeb.page's own reader and fetches every page of its list: node wabac.mjs FILE PEERS
// Prints one JSON document: the pages (url, ts, status, bytes, sha256) and what the reader says of the signature.
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [file, peers] = process.argv.slice(2);
const base = pathToFileURL(`${peers}/node_modules/`);
globalThis.self = globalThis;
console.log = console.warn = () => {};
createRequire(base)("fake-indexeddb/auto");
const { ArchiveRequest, WorkerLoader } = await import(new URL("@webrecorder/wabac/dist/swlib.js", base));

const size = statSync(file).size;
const server = createServer((request, response) => {
  const [, from, to] = /bytes=(\d*)-(\d*)/.exec(request.headers.range ?? "") ?? [];
  const start = from ? Number(from) : to ? size - Number(to) : 0;
  const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
  response.writeHead(request.headers.range ? 206 : 200, {
    "Accept-Ranges": "bytes",
    "Content-Length": end - start + 1,
    "Content-Range": `bytes ${start}-${end}/${size}`,
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(file, { start, end }).pipe(response);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const loadUrl = `http://127.0.0.1:${server.address().port}/package.wacz`;

const reader = new WorkerLoader({ addEventListener() {}, postMessage() {} });
await reader._init_db;
const { store } = await reader.addCollection({ name: "one", file: { sourceUrl: loadUrl, loadUrl } }, () => {});
/** What is asked for as it came, the reader gives out in its chunks and coding; on a page it takes them away. */
function entity(body, headers) {
  if (headers.get("transfer-encoding") === "chunked") body = Buffer.concat([...chunks(body)]);
  return headers.get("content-encoding") === "gzip" ? gunzipSync(body) : body;
}

function* chunks(body) {
  for (let at = 0, size; (size = parseInt(body.subarray(at, at + 20), 16)) > 0; at += size + 2) {
    at = body.indexOf("\n", at) + 1;
    yield body.subarray(at, at + size);
  }
}

const pages = [];
for (const page of await store.getAllPages()) {
  const time = new Date(page.ts).toISOString().replace(/\D/g, "").slice(0, 14);
  const request = new ArchiveRequest(`${time}id_/${page.url}`, new Request(loadUrl), {});
  const reply = await store.getResource(request, loadUrl, { waitUntil() {} }, { noRedirect: true });
  const body = reply ? entity(Buffer.from((await reply.getBuffer()) ?? ""), reply.headers) : Buffer.alloc(0);
  const sha256 = createHash("sha256").update(body).digest("hex");
  pages.push({ url: page.url, title: page.title, ts: time, status: reply?.status ?? null, bytes: body.length, sha256 });
}
const checked = Object.fromEntries((await store.db.getAll("verification")).map((one) => [one.id, one.matched]));
process.stdout.write(JSON.stringify({ pages, signature: checked.signature ?? null }) + "\n", () => process.exit(0));
