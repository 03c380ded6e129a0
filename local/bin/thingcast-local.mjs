#!/usr/bin/env node
/** Runs dist/, or in a checkout whose sources are newer than it, these. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DIST, PACKAGE, sources } from "./sources.mjs";

const COMPILED = join(DIST, "main.js");
const changedAt = (path) => statSync(path).mtimeMs;

function isCurrent() {
	if (!existsSync(COMPILED)) return false;
	const compiledAt = changedAt(COMPILED);
	return sources().every((path) => changedAt(join(PACKAGE, path)) <= compiledAt);
}

if (isCurrent()) {
	await import("../dist/main.js");
} else {
	const { register } = await import("tsx/esm/api");
	register();
	await import("../main.ts");
}
