/** `npm start`: builds the bundles and runs them in the local cloud until it is told to stop. */
import { stop as endEsbuild } from "esbuild";
import { run } from "../local/index.ts";
import { createBuilder, PROJECT } from "./build.ts";
import { THINGCAST } from "./cloud.ts";
import { openConsole } from "./console.ts";
import { rebuildOnChange } from "./rebuild.ts";

const HELP = `npm start -- [options]

Runs the functions of s.yaml on this machine, against a local Function Compute,
IoT Platform, MNS and Tablestore that speak the real wire protocols. What changes
in functions/ and shared/ is built and loaded again.`;

await run(process.argv.slice(2), {
	name: "thingcast",
	help: HELP,
	build: async ({ watch }) => {
		const builder = await createBuilder();
		await builder.build();
		if (!watch) {
			// Its process holds some 300 MB for the next build, of which there is none.
			await builder.dispose();
			await endEsbuild();
		}
		return { watch: () => rebuildOnChange(builder, PROJECT, (line) => console.log(line)) };
	},
	cloud: THINGCAST,
	examples: ({ endpoints }, { virtual, port }) => {
		const { http, apiKey, devices } = endpoints;
		void openConsole(endpoints, port);
		const [device] = devices;
		const waiting = virtual ? "" : '-H "Prefer: wait=10" ';
		return [
			`curl ${http}/v1/commands -H "Authorization: Bearer ${apiKey}" ${waiting}\\`,
			`  --json '{"device":{"productKey":"${device?.productKey}","deviceName":"${device?.deviceName}"},"service":"Get"}'`,
		];
	},
});
