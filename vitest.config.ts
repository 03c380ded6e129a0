import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const FLOW = "test/flow";
/** Those that start no cloud: the functions run in the test's own process, in virtual time. */
const inThisProcess = readdirSync(FLOW, { encoding: "utf8" })
	.filter((file) => file.endsWith(".test.ts"))
	.map((file) => `${FLOW}/${file}`)
	.filter(
		(file) => !/support\/cloud|running-cloud|startThingcast/.test(readFileSync(file, "utf8")),
	);

/** Tests of a part in this process: they keep nothing of one another. */
const ALONE = [
	"test/{unit,property}/**/*.test.ts",
	"local/test/{unit,property}/**/*.test.ts",
	...inThisProcess,
];

export default defineConfig({
	test: {
		projects: [
			// Their files share what is loaded, which halves its cost.
			{ extends: true, test: { name: "alone", include: ALONE, isolate: false } },
			{
				extends: true,
				test: {
					name: "together",
					include: ["{test,local/test,client/test}/**/*.test.ts"],
					exclude: ALONE,
				},
			},
		],
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
