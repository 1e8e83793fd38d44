#!/usr/bin/env node
// Starts the program of the package for this platform, which npm installed beside this one.
"use strict";
const { spawnSync } = require("child_process");

const platform = `${process.platform}-${process.arch}`;
const name = `@jibe-lang/jibe-${platform}/bin/jibe${process.platform === "win32" ? ".exe" : ""}`;
let program = process.env.JIBE_BINARY;
if (!program) {
  try {
    program = require.resolve(name);
  } catch {
    console.error(`jibe: there is no program for ${platform}. Was it installed with --no-optional? Else name one in JIBE_BINARY, or: cargo install --locked jibe`);
    process.exit(2);
  }
}
const result = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (result.error) {
  console.error(`jibe: ${result.error.message}`);
  process.exit(2);
}
if (result.signal) {
  process.kill(process.pid, result.signal);
}
process.exit(result.status ?? 2);
