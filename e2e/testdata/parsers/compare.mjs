// Reads [{name, format, before, after, path, by}] on standard input and prints what is wrong:
// after must have an entry at path, and without it be what before is.
import * as jsonc from "jsonc-parser";
import * as toml from "smol-toml";
import * as yaml from "yaml";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

// read parses a file as the hosts do, whose parsers these are.
function read(format, text) {
  if (text.trim() === "") return { value: {}, comments: format === "toml" ? null : [] };
  if (format === "toml") return { value: toml.parse(text.replace(/^\ufeff/, "")), comments: null };
  if (format === "yaml") return { value: yaml.parse(text, { strict: true, uniqueKeys: true }) ?? {}, comments: yamlComments(text) };
  const errors = [];
  const value = jsonc.parse(text.replace(/^\ufeff/, ""), errors, { allowTrailingComma: true });
  if (errors.length > 0) throw new Error(jsonc.printParseErrorCode(errors[0].error));
  const comments = [];
  jsonc.visit(text, { onComment: (offset, length) => comments.push(text.slice(offset, offset + length).trim()) });
  return { value, comments };
}

function yamlComments(text) {
  return [...new yaml.Lexer().lex(text)].filter((token) => token.startsWith("#"));
}

// take removes the entry and what is empty without it, and returns the entry.
function take(value, { path, by, name }) {
  const parents = [value];
  for (const key of path) parents.push(parents.at(-1)?.[key]);
  const servers = parents.at(-1);
  const at = by ? (servers ?? []).findIndex((item) => item[by] === name) : name;
  const entry = servers?.[at];
  if (by) servers?.splice(at, 1);
  else if (servers) delete servers[at];
  return entry;
}

// bare is a value without empty members, which come with a first entry.
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const kept = Object.entries(value).map(([key, inner]) => [key, bare(inner)]);
  return Object.fromEntries(kept.filter(([, inner]) => inner !== null && !(typeof inner === "object" && Object.keys(inner).length === 0)));
}

const faults = [];
for (const file of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const before = read(file.format, file.before);
    const after = read(file.format, file.after);
    const entry = take(after.value, file);
    const command = [entry?.command ?? entry?.cmd, entry?.args].flat(2).join(" ");
    if (!command.includes("airbyte-mcp-server serve --sandbox")) faults.push(`${file.host}: the entry starts ${command}`);
    if (Object.keys(before.value).length === 0) {
      for (const head of ["$schema", "name", "version", "schema"]) delete after.value[head]; // of a new file
    }
    if (!isDeepStrictEqual(bare(before.value), bare(after.value))) {
      faults.push(`${file.host}: other things changed: ${JSON.stringify(before.value)} became ${JSON.stringify(after.value)}`);
    }
    if (!isDeepStrictEqual(before.comments, after.comments)) {
      faults.push(`${file.host}: comments ${JSON.stringify(before.comments)} became ${JSON.stringify(after.comments)}`);
    }
  } catch (error) {
    faults.push(`${file.host}: ${error.message}\n${file.after}`);
  }
}
console.log(JSON.stringify(faults));
