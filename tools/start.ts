/** `npm start`: builds the bundles and runs them in the local cloud until it is told to stop. */
import { run } from "../local/index.ts";
import { build } from "./build.ts";
import { THINGCAST } from "./cloud.ts";

const HELP = `npm start -- [options]

Runs the functions of s.yaml on this machine, against a local Function Compute,
IoT Platform, MNS and Tablestore that speak the real wire protocols.
`;

await run(process.argv.slice(2), {
	name: "thingcast",
	help: HELP,
	build,
	cloud: THINGCAST,
	examples: ({ endpoints: { http, apiKey, devices } }, { virtual }) => {
		const [device] = devices;
		const waiting = virtual ? "" : '-H "Prefer: wait=10" ';
		return [
			`curl ${http}/v1/commands -H "Authorization: Bearer ${apiKey}" ${waiting}\\`,
			`  -d '{"device":{"productKey":"${device?.productKey}","deviceName":"${device?.deviceName}"},"service":"Get"}'`,
		];
	},
});
