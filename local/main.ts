/** `thingcast-local`: the functions of any s.yaml in the local cloud, until it is told to stop. */
import { runDevice } from "./cli/device.ts";
import { run } from "./cli/run.ts";

const HELP = `thingcast-local [options]

Runs the functions of an s.yaml on this machine, against a local Function Compute,
IoT Platform, MNS and Tablestore that speak the real wire protocols.

thingcast-local device [NAME]   a device in this terminal (device --help)`;

const [command, ...rest] = process.argv.slice(2);
if (command === "device") {
	await runDevice(rest).catch((error: Error) => {
		console.error(error.message);
		process.exit(1);
	});
} else {
	await run(process.argv.slice(2), { name: "thingcast-local", help: HELP });
}
