#!/usr/bin/env node
/** Runs dist/, or in a checkout whose sources are newer than it, these. */
import { isCompiled } from "./sources.mjs";

if (isCompiled()) {
	await import("../dist/main.js");
} else {
	const { register } = await import("tsx/esm/api");
	register();
	await import("../main.ts");
}
