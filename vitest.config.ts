import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts", "local/test/**/*.test.ts", "client/test/**/*.test.ts"],
		maxWorkers: 2,
		globalSetup: ["test/support/build.ts", "local/test/support/compile.ts"],
		// CommonJS packages as Node itself imports them, which is how the bundles see them.
		deps: { interopDefault: false },
		coverage: {
			include: ["{functions,shared,cli,local,tools}/**/*.ts", "client/src/**/*.ts"],
			exclude: ["**/dist/**", "**/test/**"],
			// Instances and command lines that run in processes of their own are not seen.
			reporter: ["text-summary", "html"],
			// Tests of time may fail where counting slows the code down.
			reportOnFailure: true,
		},
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
