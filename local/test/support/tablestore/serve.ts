/**
 * A service in a process of its own, to be killed: `serve.ts <data folder> <index delay>`.
 * Prints its address and runs until the process ends.
 */

import { systemClock } from "../../../clock/clock.ts";
import { startTablestore } from "../../../tablestore/index.ts";
import { ACCOUNT, INSTANCE } from "./fixtures.ts";

const [dataDir, indexDelayMs] = process.argv.slice(2);
if (!dataDir) throw new Error("serve.ts needs a data folder");

const service = await startTablestore(
	{ dataDir, port: 0, clock: systemClock, random: Math.random, account: ACCOUNT, log: () => {} },
	{ instance: INSTANCE, indexDelayMs: Number(indexDelayMs ?? 5) },
);
process.stdout.write(`${service.url}\n`);
