#!/usr/bin/env node
// Starts the native program, which is in the optional dependency for this system.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");
const { isatty } = require("node:tty");

const name = `{{.NPM}}-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "{{.Name}}.exe" : "{{.Name}}";

let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(
    `{{.NPM}}: the package ${name} is not installed, which has the program for this system. ` +
      "Install without --omit=optional; if there is no such package, see {{.URL}} for other ways.",
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`{{.NPM}}: ${program}: ${error.message}`);
  process.exit(1);
});

// The program decides how it ends. A terminal sends SIGINT to both processes, and the program ends at once at the
// second one, so only what was sent to this process alone is passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => isatty(0) || child.kill("SIGINT"));

child.on("exit", (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
