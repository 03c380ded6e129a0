import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
	root: join(import.meta.dirname, "../.."),
	test: {
		include: ["test/browser/**/*.browser.ts"],
		globalSetup: ["test/support/build.ts"],
		// One browser and one local cloud at a time: what is measured is theirs.
		maxWorkers: 1,
		fileParallelism: false,
		deps: { interopDefault: false },
		testTimeout: 60_000,
		hookTimeout: 180_000,
	},
});
