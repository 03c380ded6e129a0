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
	exports: ["export THINGCAST_URL=$HTTP THINGCAST_KEY=$KEY"],
	examples: ({ endpoints }, { virtual, port }) => {
		void openConsole(endpoints, port);
		const [{ productKey, deviceName } = { productKey: "", deviceName: "" }] = endpoints.devices;
		const waiting = virtual ? "" : " --wait 10";
		const preferred = virtual ? "" : ' -H "Prefer: wait=10"';
		return [
			`npx thingcast send --product $PK --device ${deviceName} --service Get${waiting}`,
			`curl $HTTP/v1/commands -H "Authorization: Bearer $KEY"${preferred} \\`,
			`  --json '{"device":{"productKey":"${productKey}","deviceName":"${deviceName}"},"service":"Get"}'`,
		];
	},
});
