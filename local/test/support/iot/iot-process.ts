import { Account } from "../../../account.ts";
import { systemClock } from "../../../clock/clock.ts";
import { seed, startIot } from "../../../iot/index.ts";
import { RecordedQueues } from "./recorded-queues.ts";

/**
 * The platform in a process of its own, for tests that kill it: prints its
 * addresses as one line of JSON, and every status message after that.
 */
const [dataDir = "", accessKeyId = "", accessKeySecret = ""] = process.argv.slice(2);
const queues = new RecordedQueues();
const iot = await startIot(
	{
		dataDir,
		port: 0,
		clock: systemClock,
		random: Math.random,
		account: new Account("1234567890123456", "cn-shanghai", { accessKeyId, accessKeySecret }),
		log: () => {},
	},
	{ mqttPort: 0, queues, eventsQueue: "events" },
);
const statusAtStart = queues.messages.map(({ payload }) => payload["status"]);
console.log(
	JSON.stringify({ url: iot.url, mqttUrl: iot.mqttUrl, seed: seed(iot, 2), statusAtStart }),
);
