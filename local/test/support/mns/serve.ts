/** Runs the queue service in a process of its own, so that a test can kill it. Prints its address. */

import { systemClock } from "../../../clock/clock.ts";
import { startMns } from "../../../mns/index.ts";
import { account } from "./service.ts";

const [dataDir = "", port = "0"] = process.argv.slice(2);
const service = await startMns({
	dataDir,
	port: Number(port),
	clock: systemClock,
	random: Math.random,
	account,
	log: (line) => console.error(line),
});
service.queues.ensure("orders");
console.log(service.url);
